import { availableParallelism } from 'node:os'
import { UserError } from '../core/errors.ts'
import type { CellRunner } from '../sweeps/contract.ts'
import type { Experiment } from '../sweeps/experiment.ts'
import { type Pack, packOf } from '../sweeps/pack.ts'
import { redisAddress } from '../sweeps/redis/address.ts'
import { type RedisAccess, redisAt } from '../sweeps/redis/connection.ts'
import { ownProgram } from '../sweeps/redis/own-program.ts'
import { redisRunner } from '../sweeps/redis/runner.ts'
import { threadRunner } from '../sweeps/thread-runner.ts'
import type { SharedWorkloads } from '../sweeps/workloads.ts'
import { saying } from './saying.ts'
import { watchingThreads } from './sweep-watch.ts'

/** Who runs the cells of a sweep. */
export interface Crew {
  readonly runner: CellRunner
  /** Has all that so many cells wait for begin; gives workloads that have been read for it. */
  start(cells: number): Promise<SharedWorkloads | undefined>
  /** Does the work, unless the code of a user's policy gets stuck meanwhile. */
  watched<T>(work: () => Promise<T>): Promise<T>
}

export interface CrewFlags {
  readonly workers?: number
  readonly redis?: string
  readonly policyTimeout?: number
}

/**
 * Finds out who is to run the cells, before anything is written: threads here, or the workers at a Redis. Throws a
 * UserError where that cannot be used.
 */
export async function crewFor(experiment: Experiment, flags: CrewFlags): Promise<() => Promise<Crew>> {
  const { redis } = flags
  if (redis === undefined) return async () => threadCrew(experiment, flags)
  checkAlone(flags)
  const pack = packOf(experiment)
  const access = await redisAt(redisAddress(redis))
  return () => redisCrew(access, pack)
}

/** Threads are the workers' own. */
function checkAlone({ workers }: CrewFlags): void {
  if (workers === undefined) return
  throw new UserError(
    `--workers ${workers} beside --redis: must be left out, as no cells run here; give it to regatta worker`,
  )
}

function threadCrew(
  experiment: Experiment,
  { workers = availableParallelism(), policyTimeout }: CrewFlags,
): Crew {
  const runner = threadRunner(experiment, workers)
  const watched = <T>(work: () => Promise<T>) => watchingThreads(runner.watches, policyTimeout, work)
  return { runner, start: runner.start, watched }
}

/** Workers watch their own threads. */
async function redisCrew(access: RedisAccess, pack: Pack): Promise<Crew> {
  const say = saying()
  const runner = await redisRunner(access, { pack, program: ownProgram(), say })
  say(`Cells go to the workers at ${access.address.shown}`)
  return { runner, start: async () => undefined, watched: work => work() }
}
