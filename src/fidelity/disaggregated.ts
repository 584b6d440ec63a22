import type { Measurements } from '../measurements/contract.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { Catalogue } from '../scenario/facts.ts'
import type { Outcome } from './contract.ts'
import { poolComparisons, runOnPools } from './disaggregated-row.ts'
import { type Telling, tellings } from './like-runs.ts'
import { outcomesIn, type Predicted } from './outcomes.ts'
import { isDisaggregated, wholePoolsOf } from './pools.ts'
import { doubtOf } from './served-doubt.ts'
import { type ServedRow, servedRows } from './served-row.ts'
import { NOT_RECORDED, speculates } from './speculation-mark.ts'

/** Runs whose prompts were computed apart, without speculation as far as is known: two pools and what joins them. */
export async function* disaggregatedRuns(
  measurements: Measurements,
  catalogue: Catalogue,
): AsyncGenerator<Outcome> {
  const rows = servedRows(measurements)
  const told = tellings(rows)
  const mine = rows.filter(
    row => isDisaggregated(row) && !speculates(row) && told.get(row)?.state !== 'speculating',
  )
  yield* outcomesIn(mine, row => predicted(row, told.get(row), catalogue))
}

async function predicted(
  row: ServedRow,
  telling: Telling | undefined,
  catalogue: Catalogue,
): Promise<Predicted[]> {
  if (telling?.state === 'repeated')
    throw new Unusable('measured once, and stated with more of its layout in another row')
  const pools = wholePoolsOf(row)
  const found = await runOnPools(row, pools, catalogue)
  return poolComparisons({ row, ...found, doubt: doubtOfPools(row, telling) }, pools)
}

/** Like runs may tell that it does not speculate. */
function doubtOfPools(row: ServedRow, telling: Telling | undefined): string | undefined {
  const doubt = doubtOf(row)
  return doubt === NOT_RECORDED && telling?.state === 'plain' ? undefined : doubt
}
