import type { CellRunner } from '../sweeps/contract.ts'
import type { Experiment } from '../sweeps/experiment.ts'
import { threadRunner } from '../sweeps/thread-runner.ts'
import { watchingThreads } from './sweep-watch.ts'

/**
 * Runs cells on so many threads. A cell throws a UserError where the code of a user's policy does not come back; the
 * runner is of no more use then.
 *
 * @param limitS that it may take for one answer; 10 by default
 */
export function watchedRunner(experiment: Experiment, workers: number, limitS?: number): CellRunner {
  const runner = threadRunner(experiment, workers)
  return { ...runner, run: cell => watchingThreads(runner.watches, limitS, () => runner.run(cell)) }
}
