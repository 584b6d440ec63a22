import { mkdirSync, rmSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { UserError } from '../../core/errors.ts'
import type { Cell, CellResult, CellRunner } from '../contract.ts'
import { insideOf } from '../pack.ts'
import type { Program } from './contract.ts'
import type { PackStore, StoredPack } from './pack-store.ts'

/** Where a worker runs cells: the experiments that it has unpacked, and the threads at work on them. */
export interface Workshop {
  /**
   * Undefined where Redis has no such pack, or another cell of it has gone wrong meanwhile. Throws a UserError where its
   * sweep is of another version of the program.
   */
  run(pack: string, cell: Cell): Promise<CellResult | undefined>
  close(): Promise<void>
}

export interface WorkshopOptions {
  readonly program: Program
  /** An empty one, for unpacked experiments. */
  readonly folder: string
  /** Runs the cells of the experiment's file. */
  readonly runnerOf: (experiment: string) => Promise<CellRunner>
}

interface Bench {
  /** Undefined where Redis has no such pack. */
  readonly runner: Promise<CellRunner | undefined>
  readonly folder: string
  /** Cells under way. */
  users: number
  /** Whether something has gone wrong there: a thread may not come back. It ends the sweep. */
  isSpoilt: boolean
}

/** Experiments that keep their threads: cells of a few sweeps may come by turns. */
const MOST_BENCHES = 2

export function workshop(store: PackStore, options: WorkshopOptions): Workshop {
  const benches = new Map<string, Bench>()
  let opens = 0

  async function run(pack: string, cell: Cell): Promise<CellResult | undefined> {
    const bench = benches.get(pack) ?? opened(store, pack, `${pack}-${opens++}`, options)
    benches.delete(pack)
    benches.set(pack, bench)
    bench.users++
    try {
      const runner = await bench.runner
      if (runner === undefined) takeAway(pack, bench)
      return await runner?.run(cell)
    } catch (error) {
      // Whoever spoils a bench takes it away from the others at it: theirs is no error.
      if (bench.isSpoilt) return undefined
      bench.isSpoilt = true
      takeAway(pack, bench)
      void cleared(bench)
      throw underItsPaths(error, bench)
    } finally {
      bench.users--
      await clearAway()
    }
  }

  /** Another may stand in its place by now. */
  function takeAway(pack: string, bench: Bench): void {
    if (benches.get(pack) === bench) benches.delete(pack)
  }

  /** The one that has been idle for longest, where there are too many. */
  function spare(): [string, Bench] | undefined {
    return benches.size > MOST_BENCHES ? [...benches].find(([, { users }]) => users === 0) : undefined
  }

  /** Which ones are idle may change while one is cleared. */
  async function clearAway(): Promise<void> {
    for (let next = spare(); next !== undefined; next = spare()) {
      benches.delete(next[0])
      await cleared(next[1])
    }
  }

  return {
    run,
    async close() {
      await Promise.all([...benches.values()].map(cleared))
    },
  }
}

/** In a folder of its own: an earlier bench of the pack may still be on its way out. */
function opened(store: PackStore, pack: string, name: string, options: WorkshopOptions): Bench {
  const folder = join(options.folder, name)
  const unpacked = async () => {
    const stored = await store.get(pack)
    if (stored === undefined) return undefined
    checkProgram(options.program, stored)
    mkdirSync(folder, { recursive: true })
    await store.unpack(pack, stored, folder)
    return options.runnerOf(join(folder, insideOf(stored.experiment)))
  }
  return { runner: unpacked(), folder, users: 0, isSpoilt: false }
}

async function cleared({ runner, folder }: Bench): Promise<void> {
  await runner.then(each => each?.close()).catch(() => {})
  rmSync(folder, { recursive: true, force: true })
}

/** The user's files have other paths here than where the mistake will be read. */
function underItsPaths(error: unknown, { folder }: Bench): unknown {
  if (!(error instanceof UserError)) return error
  const paths = [relative('', folder), folder].map(path => join(path, sep))
  const message = paths.reduce((text, path) => text.replaceAll(path, ''), error.message)
  return new UserError(message, { cause: error })
}

function checkProgram(own: Program, { program: asked }: StoredPack): void {
  if (own.code !== asked.code) {
    throw new UserError(
      `a worker runs regatta ${own.code} and the sweep ${asked.code}; start workers of the sweep's version`,
    )
  }
  if (own.catalogue !== asked.catalogue) {
    throw new UserError(
      "a worker's catalogue is not the one of the sweep; both must have the same configs folder",
    )
  }
}
