import { UserError } from '../core/errors.ts'
import type { Journal } from './contract.ts'
import { wantedOf } from './deal.ts'
import { inJournal, openSweepFolder, type SweepFolder } from './folder.ts'
import { planDifference, planIn, readManifest } from './manifest.ts'
import { type SweepPlan, taskOf } from './plan.ts'
import { type Shard, shardText } from './shard.ts'

/** A folder of one shard of a sweep. */
interface ShardFolder {
  readonly path: string
  readonly shard: Shard
  /** Of the shard. */
  readonly plan: SweepPlan
  /** Of all shards. */
  readonly whole: SweepPlan
}

/**
 * Joins the folders of all shards of a sweep into one that is as if one sweep had run all of it.
 *
 * Throws a UserError where the shards are of different sweeps, where one is given twice, is missing or is not finished,
 * or where the folder holds something else. Then nothing is written.
 */
export async function mergeShards(out: string, paths: readonly string[]): Promise<SweepFolder> {
  const shards = paths.map(shardIn).sort((a, b) => a.shard.index - b.shard.index)
  checkSameSweep(shards)
  checkComplete(shards)
  for (const shard of shards) inJournal(shard.path, journal => checkFinished(shard, journal))
  const folder = openSweepFolder(out, shards[0].whole, 'merge')
  for (const shard of shards) {
    inJournal(shard.path, journal => {
      for (const result of journal.results()) folder.journal.add(result)
    })
  }
  return folder
}

function shardIn(path: string): ShardFolder {
  const plan = planIn(readManifest(path))
  const { shard, ...whole } = plan
  if (shard !== undefined) return { path, shard, plan, whole }
  throw new UserError(`${path}: holds a whole sweep; must be the folder of a shard of one, by sweep --shard`)
}

function checkSameSweep([first, ...others]: readonly ShardFolder[]): void {
  for (const other of others) {
    const difference = planDifference(first.whole, other.whole)
    if (difference === undefined && first.shard.of === other.shard.of) continue
    const what = difference ?? `it is shard ${shardText(other.shard)} and the other ${shardText(first.shard)}`
    throw new UserError(`${other.path}: is of another sweep than ${first.path}: ${what}`)
  }
}

/** In rising order each follows the one before. */
function checkComplete(shards: readonly ShardFolder[]): void {
  for (const [i, { path, shard }] of shards.entries()) {
    const before = shards[i - 1]
    if (before?.shard.index !== shard.index) continue
    throw new UserError(
      `${before.path} and ${path} are both shard ${shardText(shard)}; each must be given once`,
    )
  }
  const { of } = shards[0].shard
  const given = new Set(shards.map(({ shard }) => shard.index))
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter(index => !given.has(index))
  if (missing.length === 0) return
  const names = missing.map(index => shardText({ index, of })).join(', ')
  throw new UserError(`shard${missing.length === 1 ? '' : 's'} ${names} not given; all of them must be`)
}

function checkFinished({ path, plan }: ShardFolder, journal: Journal): void {
  const task = taskOf(plan)
  for (const points of task.settings) {
    const wanted = wantedOf(task, journal, points)
    const cells = points.flatMap(point =>
      Array.from({ length: wanted }, (_, replication) => ({ point, replication })),
    )
    if (cells.every(cell => journal.has(task.hashOf(cell)))) continue
    throw new UserError(`${path}: is not finished; run its sweep --shard ${shardText(plan.shard!)} again`)
  }
}
