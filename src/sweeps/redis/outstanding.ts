import { setTimeout as pause } from 'node:timers/promises'
import type { Job, Queue } from 'bullmq'
import { UserError } from '../../core/errors.ts'
import type { CellAnswer } from '../cell-worker.ts'
import type { CellResult } from '../contract.ts'
import { type CellJob, MOST_LOST_WORKERS } from './contract.ts'

export type CellsQueue = Queue<CellJob, CellAnswer>
type Waiting = Job<CellJob, CellAnswer>

/** A cell that has been handed out, and who waits for it. */
interface Order {
  readonly job: CellJob
  readonly resolve: (result: CellResult) => void
  readonly reject: (error: unknown) => void
}

/** The cells of one sweep that are in the queue. */
export interface Outstanding {
  /** Hands a cell out under an id that is the cell's alone. */
  order(id: string, job: CellJob): Promise<CellResult>
  /** Looks what has become of one. Does nothing where the cell is none of ours, or is answered already. */
  look(id: string): Promise<void>
  /** Looks after all of them: a queue's news may get lost, and jobs with a Redis that keeps no file. */
  lookAfter(): Promise<void>
  /** Takes what is left out of the queue. It fails with the error, as does whatever is ordered from now on. */
  withdraw(error: unknown): Promise<void>
}

/** Answers that nobody fetches go after a day: a sweep that is begun again within it finds them. */
const KEPT_S = 86_400
const REMOVAL_MS = 100
const MOST_REMOVALS = 15
const OPTIONS = {
  attempts: 5,
  backoff: { type: 'fixed', delay: 1_000 },
  removeOnComplete: { age: KEPT_S },
  removeOnFail: { age: KEPT_S },
} as const

/** One cell that fails ends the sweep: what else is in the queue is withdrawn, and fails for the same reason. */
export function outstandingIn(queue: CellsQueue): Outstanding {
  const orders = new Map<string, Order>()
  let withdrawn: { readonly error: unknown } | undefined
  const add = (id: string, job: CellJob) => queue.add('cell', job, { ...OPTIONS, jobId: id })

  async function order(id: string, job: CellJob): Promise<CellResult> {
    await forgetFailure(queue, id)
    if (withdrawn !== undefined) throw withdrawn.error
    const answer = new Promise<CellResult>((resolve, reject) => orders.set(id, { job, resolve, reject }))
    answer.catch(() => {})
    await add(id, job)
    await look(id)
    return answer
  }

  async function look(id: string): Promise<void> {
    const order = orders.get(id)
    if (order === undefined) return
    const job = await queue.getJob(id)
    // It may have been answered or withdrawn meanwhile.
    if (orders.get(id) !== order) return
    if (job === undefined) await add(id, order.job)
    else if (isOver(job) && orders.delete(id)) await settle(order, job)
  }

  async function settle({ resolve, reject }: Order, job: Waiting): Promise<void> {
    const result = resultOf(job)
    await job.remove().catch(() => {})
    if (result !== undefined) return resolve(result)
    const error = errorOf(job)
    reject(error)
    void withdraw(error).catch(() => {})
  }

  async function withdraw(error: unknown): Promise<void> {
    withdrawn ??= { error }
    const left = [...orders]
    orders.clear()
    for (const [, { reject }] of left) reject(error)
    await removed(
      queue,
      left.map(([id]) => id),
    )
  }

  const lookAfter = async () => {
    await Promise.all([...orders.keys()].map(look))
  }
  return { order, look, lookAfter, withdraw }
}

/** What a worker is at cannot be removed: it is waited for a little, and left to itself then. */
async function removed(queue: CellsQueue, ids: readonly string[]): Promise<void> {
  let left = ids
  for (let tries = 0; left.length > 0 && tries < MOST_REMOVALS; tries++) {
    if (tries > 0) await pause(REMOVAL_MS)
    const isRemoved = await Promise.all(left.map(id => queue.remove(id)))
    left = left.filter((_, i) => isRemoved[i] === 0)
  }
}

/** What an earlier start of the sweep has found out is taken over, unless it was a mistake: it may be put right. */
async function forgetFailure(queue: CellsQueue, id: string): Promise<void> {
  const job = await queue.getJob(id)
  if (job !== undefined && isOver(job) && resultOf(job) === undefined) await job.remove()
}

function isOver({ finishedOn }: Waiting): boolean {
  return finishedOn !== undefined
}

function resultOf({ returnvalue }: Waiting): CellResult | undefined {
  return returnvalue && 'result' in returnvalue ? returnvalue.result : undefined
}

function errorOf(job: Waiting): Error {
  const { returnvalue: answer } = job
  if (!answer || !('error' in answer)) return lost(job)
  return answer.isUserError ? new UserError(answer.error) : new Error(`a worker has failed: ${answer.error}`)
}

/** The queue itself has given the cell up. */
function lost({ failedReason = '', data: { cell } }: Waiting): UserError {
  const what = `point ${cell.point}, replication ${cell.replication}`
  if (!failedReason.includes('stalled')) return new UserError(`${what}: ${failedReason}`)
  return new UserError(
    `${what}: more than ${MOST_LOST_WORKERS} workers were lost over it; do they have memory enough?`,
  )
}
