import { workerData } from 'node:worker_threads'
import { UserError } from '../core/errors.ts'
import { withoutChance } from '../routing/chance.ts'
import { Watch } from '../routing/watch.ts'
import type { Cell, CellResult, CellRunner } from './contract.ts'
import { inProcessRunner } from './in-process-runner.ts'
import { loadExperiment } from './load-experiment.ts'
import type { SharedWorkloads } from './workloads.ts'

/** What every thread that runs cells begins with; all of it is shared and none of it copied for each. */
export interface CellWorkerStart {
  /** The experiment's file, absolute. */
  readonly experiment: string
  readonly workloads: SharedWorkloads
  /** A slate for each thread, on which it writes where in a user's code it is. */
  readonly slates: readonly SharedArrayBuffer[]
  /** One count: the slates that have been taken. */
  readonly taken: SharedArrayBuffer
}

/** What became of a cell, or what went wrong. */
export type CellAnswer =
  | { readonly result: CellResult }
  | { readonly error: string; readonly isUserError: boolean }

const { experiment, workloads, slates, taken }: CellWorkerStart = workerData
const watch = new Watch(slates[Atomics.add(new Int32Array(taken), 0, 1) % slates.length])
withoutChance(() => watch.isBound)
let runner: CellRunner | undefined

export default async function runCell(cell: Cell): Promise<CellAnswer> {
  try {
    runner ??= inProcessRunner(loadExperiment(experiment), { watch, workloads })
    return { result: await runner.run(cell) }
  } catch (caught) {
    const error = caught as Error
    const isUserError = error instanceof UserError
    return { error: isUserError ? error.message : (error.stack ?? error.message), isUserError }
  }
}
