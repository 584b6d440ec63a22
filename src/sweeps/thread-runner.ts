import { Piscina } from 'piscina'
import { UserError } from '../core/errors.ts'
import { Watch } from '../routing/watch.ts'
import type { CellAnswer, CellWorkerStart } from './cell-worker.ts'
import type { Cell, CellResult, CellRunner } from './contract.ts'
import type { Experiment } from './experiment.ts'
import { tuneForCells, YOUNG_MB } from './thread-engine.ts'
import { type SharedWorkloads, sharedWorkloads } from './workloads.ts'

/** Cells that wait for each thread, so that none stands idle while the journal is written. */
const AHEAD = 1

export interface ThreadRunner extends CellRunner {
  /** Where in a user's code each thread is. */
  readonly watches: readonly Watch[]
  /**
   * Starts the threads that so many cells have work for; else they start with the first cell. Gives the workloads that they
   * share, which are read by then.
   */
  start(cells: number): Promise<SharedWorkloads>
}

interface Pool {
  readonly threads: Piscina<Cell, CellAnswer>
  readonly workloads: SharedWorkloads
}

/**
 * Runs cells on so many threads. Each reads the experiment for itself; workloads that replications are taken from are read
 * once and shared. A cell comes to the same wherever it runs.
 */
export function threadRunner(experiment: Experiment, workers: number): ThreadRunner {
  const watches = Array.from({ length: workers }, () => new Watch())
  let starting: Promise<Pool> | undefined
  let pool: Pool | undefined
  let isClosed = false
  let end: unknown
  const started = async (cells: number): Promise<Pool> => {
    const workloads = await sharedWorkloads(experiment)
    if (isClosed) throw new Error('the runner is closed')
    const slates = watches.map(({ buffer }) => buffer)
    const taken = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
    const data = { experiment: experiment.file, workloads, slates, taken }
    pool = { threads: threadsFor(data, Math.min(cells, workers), workers), workloads }
    return pool
  }
  const start = (cells: number) => {
    starting ??= started(cells)
    return starting
  }
  // What ends a thread would end those that take over its cells: the first such thing ends them all.
  const ended = async ({ threads }: Pool, error: unknown): Promise<never> => {
    end ??= error
    await threads.destroy()
    throw end
  }
  return {
    width: workers * (1 + AHEAD),
    watches,
    start: async cells => (await start(cells)).workloads,
    async run(cell) {
      const running = await start(0)
      return resultIn(await running.threads.run(cell).catch(error => ended(running, error)))
    },
    async close() {
      isClosed = true
      await pool?.threads.destroy()
    },
  }
}

/** @param least threads that start before there is a cell for them */
function threadsFor(workerData: CellWorkerStart, least: number, most: number): Pool['threads'] {
  tuneForCells()
  return new Piscina({
    ...moduleBeside('cell-worker'),
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    minThreads: least,
    maxThreads: most,
    idleTimeout: Number.POSITIVE_INFINITY,
    recordTiming: false,
  })
}

function resultIn(answer: CellAnswer): CellResult {
  if ('result' in answer) return answer.result
  throw answer.isUserError ? new UserError(answer.error) : new Error(answer.error)
}

/** A module of this folder as threads run it: compiled, or its source through a loader. */
function moduleBeside(name: string): { readonly filename: string; readonly execArgv?: string[] } {
  const { url } = import.meta
  if (!url.endsWith('.ts')) return { filename: new URL(`${name}.js`, url).href }
  const loader = `import { register } from '${import.meta.resolve('tsx/esm/api')}'; register()`
  return {
    filename: new URL(`${name}.ts`, url).href,
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(loader)}`],
  }
}
