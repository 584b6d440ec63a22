import { Piscina } from 'piscina'
import { UserError } from '../core/errors.ts'
import { Watch } from '../routing/watch.ts'
import type { CellAnswer, CellWorkerStart } from './cell-worker.ts'
import type { Cell, CellResult, CellRunner } from './contract.ts'
import type { Experiment } from './experiment.ts'
import { sharedWorkloads } from './workloads.ts'

/** Cells that wait for each thread, so that none stands idle while the journal is written. */
const AHEAD = 1

export interface ThreadRunner extends CellRunner {
  /** Where in a user's code each thread is. */
  readonly watches: readonly Watch[]
}

type Pool = Piscina<Cell, CellAnswer>

/**
 * Runs cells on so many threads. Each reads the experiment for itself; workloads that replications are taken from are read
 * once and shared. A cell comes to the same wherever it runs. Threads start with the first cell.
 */
export function threadRunner(experiment: Experiment, workers: number): ThreadRunner {
  const watches = Array.from({ length: workers }, () => new Watch())
  let starting: Promise<Pool> | undefined
  let pool: Pool | undefined
  let isClosed = false
  let end: unknown
  const start = async () => {
    const workloads = await sharedWorkloads(experiment)
    if (isClosed) throw new Error('the runner is closed')
    const slates = watches.map(({ buffer }) => buffer)
    const taken = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
    pool = poolOf({ experiment: experiment.file, workloads, slates, taken }, workers)
    return pool
  }
  // What ends a thread would end those that take over its cells: the first such thing ends them all.
  const ended = async (running: Pool, error: unknown): Promise<never> => {
    end ??= error
    await running.destroy()
    throw end
  }
  return {
    width: workers * (1 + AHEAD),
    watches,
    async run(cell) {
      starting ??= start()
      const running = await starting
      return resultIn(await running.run(cell).catch(error => ended(running, error)))
    },
    async close() {
      isClosed = true
      await pool?.destroy()
    },
  }
}

function poolOf(start: CellWorkerStart, workers: number): Pool {
  return new Piscina({
    ...moduleBeside('cell-worker'),
    workerData: start,
    minThreads: 0,
    maxThreads: workers,
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
