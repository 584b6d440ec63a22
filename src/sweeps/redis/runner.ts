import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { CellAnswer } from '../cell-worker.ts'
import type { Cell, CellRunner } from '../contract.ts'
import type { Pack } from '../pack.ts'
import type { RedisAccess } from './connection.ts'
import { type CellJob, type Program, QUEUE } from './contract.ts'
import { unusable } from './mistakes.ts'
import { type CellsQueue, outstandingIn } from './outstanding.ts'
import { type PackStore, packStore } from './pack-store.ts'
import { tellAbsence, workersTold } from './presence.ts'

/** What workers need to run the cells of a sweep. */
export interface SharedSweep {
  readonly pack: Pack
  readonly program: Program
  /** Told what keeps the sweep waiting. */
  readonly say: (text: string) => void
}

/** Cells in the queue at a time: enough for the workers that one Redis is likely to have. */
const WIDTH = 256
const LOOK_MS = 2_000
/** A Redis that has gone away is not waited for at the end. */
const GOODBYE_MS = 2_000

/** Has the workers at a Redis run cells. A Redis that goes away is waited for. */
export async function redisRunner(access: RedisAccess, sweep: SharedSweep): Promise<CellRunner> {
  const { bullmq, options, address } = access
  const queue: CellsQueue = new bullmq.Queue<CellJob, CellAnswer>(QUEUE, options)
  const news = new bullmq.QueueEvents(QUEUE, options)
  tellAbsence(address, queue, sweep.say)
  // Its connection comes and goes with the queue's.
  news.on('error', () => {})
  await Promise.all([queue.waitUntilReady(), news.waitUntilReady()])
  const id = sharedId(sweep)
  const store = await packStore(queue)
  await store.put(id, sweep.pack, sweep.program)
  const outstanding = outstandingIn(queue)
  const look = ({ jobId }: { readonly jobId: string }) => void outstanding.look(jobId).catch(() => {})
  news.on('completed', look).on('failed', look)
  const tellWorkers = workersTold(address.shown, sweep.say)
  const rounds = regularly(async () => {
    await kept(store, id, sweep)
    await outstanding.lookAfter()
    tellWorkers(await queue.getWorkersCount())
  })
  const refused = (error: Error): never => {
    throw error.name === 'ReplyError' ? unusable(address, error) : error
  }
  return {
    width: WIDTH,
    run: cell => outstanding.order(jobId(id, cell), { pack: id, cell }).catch(refused),
    async close() {
      clearInterval(rounds)
      access.leave()
      const over = new Error('the sweep has ended')
      await soon(outstanding.withdraw(over).then(() => store.remove(id)))
      await soon(Promise.all([news.close(), queue.close()]))
    },
  }
}

/** Of the pack and of the program: another version's answers are others. */
function sharedId({ pack, program }: SharedSweep): string {
  return createHash('sha256')
    .update(JSON.stringify([pack.id, program]))
    .digest('hex')
    .slice(0, 32)
}

function jobId(id: string, { point, replication }: Cell): string {
  return `${id}-${point}-${replication}`
}

/** Does it every two seconds; a turn that takes longer puts off the next, and what fails is tried again then. */
function regularly(work: () => Promise<void>): NodeJS.Timeout {
  let isAtWork = false
  return setInterval(() => {
    if (isAtWork) return
    isAtWork = true
    const done = () => {
      isAtWork = false
    }
    work().then(done, done)
  }, LOOK_MS)
}

async function kept(store: PackStore, id: string, { pack, program }: SharedSweep): Promise<void> {
  if (!(await store.keep(id))) await store.put(id, pack, program)
}

async function soon(work: Promise<unknown>): Promise<void> {
  const waiting = new AbortController()
  const { signal } = waiting
  const late = pause(GOODBYE_MS, undefined, { signal })
  await Promise.race([work, late]).catch(() => {})
  late.catch(() => {})
  waiting.abort()
}
