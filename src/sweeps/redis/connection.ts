import type { ConnectionOptions, Queue } from 'bullmq'
import type { RedisAddress } from './address.ts'
import { PREFIX, QUEUE } from './contract.ts'
import { unusable, withoutPackages } from './mistakes.ts'

type BullMq = typeof import('bullmq')

/** A Redis that has answered, and how to connect to it. */
export interface RedisAccess {
  readonly bullmq: BullMq
  readonly address: RedisAddress
  /** For queues and workers: they wait for a Redis that goes away until it is back. */
  readonly options: { readonly connection: ConnectionOptions; readonly prefix: string }
  /** From now on a Redis that goes away, or is away, is not waited for any more. */
  leave(): void
}

const CONNECT_MS = 3_000
const ANSWER_MS = 2_000
const MOST_PAUSE_MS = 1_000

/** Throws a UserError within seconds where there is no Redis, it does not let us in, or the packages are missing. */
export async function redisAt(address: RedisAddress): Promise<RedisAccess> {
  const bullmq = await packages()
  await probed(bullmq, address)
  let isLeft = false
  const connection = {
    ...connectionTo(address),
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => (isLeft ? null : Math.min(100 * times, MOST_PAUSE_MS)),
  }
  const leave = () => {
    isLeft = true
  }
  return { bullmq, address, options: { connection, prefix: PREFIX }, leave }
}

async function packages(): Promise<BullMq> {
  try {
    import.meta.resolve('ioredis')
    return await import('bullmq')
  } catch (error) {
    throw withoutPackages(error)
  }
}

function connectionTo({ host, port, username, password, db, isEncrypted }: RedisAddress) {
  return {
    host,
    port,
    db,
    connectTimeout: CONNECT_MS,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(isEncrypted ? { tls: { servername: host } } : {}),
  }
}

/** Connects once and asks for the queue's count, which takes the rights that a queue takes. */
async function probed({ Queue }: BullMq, address: RedisAddress): Promise<void> {
  const once = { maxRetriesPerRequest: 0, retryStrategy: () => null, commandTimeout: ANSWER_MS }
  const connection = { ...connectionTo(address), ...once }
  const queue = new Queue(QUEUE, { connection, prefix: PREFIX })
  const refused = new Promise<never>((_, reject) => queue.on('error', reject))
  refused.catch(() => {})
  try {
    await Promise.race([refused, asked(queue)])
  } catch (error) {
    throw unusable(address, error as Error)
  } finally {
    await queue.disconnect().catch(() => {})
  }
}

async function asked(queue: Queue): Promise<void> {
  await queue.waitUntilReady()
  await queue.getJobCounts()
}
