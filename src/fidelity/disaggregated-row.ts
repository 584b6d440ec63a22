import type { Catalogue } from '../scenario/facts.ts'
import { disaggregated, type Side } from './disaggregated-servers.ts'
import type { Predicted } from './outcomes.ts'
import { devicesOfPools, type Pools, poolsText } from './pools.ts'
import { comparisonsOf, deviceThroughput, type Found } from './served-comparisons.ts'
import { servedBy } from './served-replica.ts'
import { type Layout, limitsIn, type ServedRow, setupOf, subjectIn } from './served-row.ts'
import { meanShare, requestTokens, shapeOf } from './served-shape.ts'
import type { Subject } from './subject.ts'

/** A run, and the decode side of what it ran on. */
export type Ran = Omit<Found, 'row' | 'doubt'>

/**
 * The run of a row on these pools.
 *
 * @param prepared what the replicas of a side run, from what the row states of them
 */
export async function runOnPools(
  row: ServedRow,
  pools: Pools,
  catalogue: Catalogue,
  prepared: (subject: Subject) => Subject = subject => subject,
): Promise<Ran> {
  const setup = setupOf(row, catalogue)
  const shape = shapeOf(row, setup.engine)
  const promptTokens = Math.round(meanShare(row) * shape.inputTokens)
  const sideOf = (layout: Layout, tokens: number): Side => {
    const subject = subjectIn(setup, layout)
    const limits = limitsIn(row, setup.engine, tokens)
    return { subject: prepared(subject), limits, replicas: layout.replicas }
  }
  const prefill = sideOf(pools.prefill, promptTokens)
  const decode = sideOf(pools.decode, requestTokens(row, shape))
  const run = await servedBy(disaggregated(prefill, decode, catalogue), shape.load)
  return { subject: decode.subject, layout: poolsText(pools), shape, run }
}

/** Every metric of the row, and what each device gives. */
export function poolComparisons(found: Found, pools: Pools): Predicted[] {
  return [...comparisonsOf(found), ...deviceThroughput(found, devicesOfPools(pools))]
}
