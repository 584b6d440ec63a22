import { hostname } from 'node:os'
import type { Job } from 'bullmq'
import { UserError } from '../../core/errors.ts'
import type { CellAnswer } from '../cell-worker.ts'
import type { RedisAccess } from './connection.ts'
import { type CellJob, LOCK_MS, MOST_LOST_WORKERS, QUEUE, STALLED_MS } from './contract.ts'
import { packStore } from './pack-store.ts'
import { tellAbsence } from './presence.ts'
import { type Workshop, type WorkshopOptions, workshop } from './workshop.ts'

/** A worker that takes cells out of the queue. */
export interface CellWorker {
  /** Takes no more cells and waits for those under way; if forced, it leaves them to other workers. */
  close(isForced?: boolean): Promise<void>
}

export interface WorkerOptions extends WorkshopOptions {
  /** Cells at a time. The simulation is to run in threads of its own: this one tells Redis that the worker is alive. */
  readonly cells: number
  readonly say: (text: string) => void
}

/** Runs the cells of whatever sweeps hand some out. */
export async function cellWorker(access: RedisAccess, options: WorkerOptions): Promise<CellWorker> {
  const { bullmq, address, options: connected } = access
  const queue = new bullmq.Queue(QUEUE, connected)
  // The worker's connection comes and goes with this one's, and tells of it.
  queue.on('error', () => {})
  const shop = workshop(await packStore(queue), options)
  const worker = new bullmq.Worker<CellJob, CellAnswer>(QUEUE, job => answered(shop, job, options.say), {
    ...connected,
    concurrency: options.cells,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_MS,
    maxStalledCount: MOST_LOST_WORKERS,
    drainDelay: 1,
  })
  tellAbsence(address, worker, options.say)
  return {
    async close(isForced = false) {
      await worker.close(isForced)
      await shop.close()
      await queue.disconnect()
    },
  }
}

/**
 * A mistake of the user's is an answer, and ends the sweep. What throws is tried again, by whichever worker is free: by
 * then the sweep has sent a pack that Redis has lost, and a fault may be this machine's alone.
 */
async function answered(
  shop: Workshop,
  { data }: Job<CellJob>,
  say: (text: string) => void,
): Promise<CellAnswer> {
  const answer = await shop.run(data.pack, data.cell).then(
    result => result && { result },
    (error: Error) => mistakeOf(error, say),
  )
  if (answer === undefined) throw new Error('its experiment is not in Redis, or its sweep has ended')
  if ('error' in answer) say(answer.error)
  return answer
}

/** Throws on what is none, with the name of the machine. */
function mistakeOf(error: Error, say: (text: string) => void): CellAnswer {
  if (error instanceof UserError) return { error: error.message, isUserError: true }
  say(`left to other workers: ${error.stack ?? error.message}`)
  throw new Error(`${error.message} (on ${hostname()})`, { cause: error })
}
