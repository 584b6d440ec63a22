import { UserError } from '../core/errors.ts'
import type { Cell, CellRunner, Journal } from './contract.ts'
import { Deal, type SweepTask } from './deal.ts'

export interface SweepHooks {
  /** Told at the start and after every cell. */
  readonly onProgress?: (progress: SweepProgress) => void
  /** Once it is aborted the sweep ends at once: cells under way are lost. */
  readonly signal?: AbortSignal
}

/** How far a sweep is, in cells. */
export interface SweepProgress {
  readonly finished: number
  /** In all, as far as finished rounds tell. */
  readonly planned: number
  /** Of the finished ones those that were not in the journal before. */
  readonly ran: number
}

/** A sweep on its way. */
interface Run {
  readonly task: SweepTask
  readonly runner: CellRunner
  readonly journal: Journal
  readonly hooks: SweepHooks
  readonly deal: Deal
  readonly failures: Failure[]
  ran: number
}

interface Failure {
  readonly cell: Cell
  readonly error: unknown
}

/**
 * Runs what cells of an experiment are not in the journal yet, as many at a time as the runner takes. What ends up in
 * the journal is the same whatever the runner's width, but for the order.
 *
 * Throws what the runner throws of the first cell in order, when the cells under way have come to an end; before that,
 * what went wrong in finding the next cell.
 */
export async function sweep(
  task: SweepTask,
  runner: CellRunner,
  journal: Journal,
  hooks: SweepHooks = {},
): Promise<void> {
  const deal = new Deal(task, journal)
  const run: Run = { task, runner, journal, hooks, deal, failures: [], ran: 0 }
  tell(run)
  const lanes = Promise.all(Array.from({ length: runner.width }, () => lane(run)))
  await Promise.race([lanes, abortion(hooks.signal)])
  deal.stop()
  if (hooks.signal?.aborted || run.failures.length === 0) return
  throw run.failures.reduce((first, failure) => (isBefore(failure.cell, first.cell) ? failure : first)).error
}

/** Of what goes wrong in finding the next cell: before all that there are. */
const NO_CELL: Cell = { point: -1, replication: -1 }

/** Runs one cell after the other until there are no more, or something has gone wrong. */
async function lane(run: Run): Promise<void> {
  let goesOn = true
  while (goesOn) goesOn = await runNext(run)
}

/** Whether there was a cell, and it went well. */
async function runNext(run: Run): Promise<boolean> {
  let cell: Cell | undefined
  try {
    cell = await run.deal.next()
    if (cell !== undefined) await runCell(run, cell)
    return cell !== undefined
  } catch (error) {
    run.failures.push({ cell: cell ?? NO_CELL, error })
    run.deal.stop()
    return false
  }
}

async function runCell(run: Run, cell: Cell): Promise<void> {
  const result = await run.runner.run(cell)
  if (run.hooks.signal?.aborted) return
  checkHash(run.task, cell, result.hash)
  run.journal.add(result)
  run.deal.finish(cell)
  run.ran++
  tell(run)
}

function tell({ hooks, deal, ran }: Run): void {
  hooks.onProgress?.({ finished: deal.finished, planned: deal.planned, ran })
}

/** Never, where nothing can abort it. */
function abortion(signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) resolve()
    signal?.addEventListener('abort', () => resolve(), { once: true })
  })
}

function isBefore(a: Cell, b: Cell): boolean {
  return a.point < b.point || (a.point === b.point && a.replication < b.replication)
}

/** A file may have been edited since the sweep began. */
function checkHash(task: SweepTask, { point, replication }: Cell, hash: string): void {
  if (hash === task.hashOf({ point, replication })) return
  throw new UserError(
    `replication ${replication} of point ${point}: rests on other files than the sweep began with; ` +
      'start it again to run what changed',
  )
}
