import type { Measurements } from '../measurements/contract.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { Catalogue } from '../scenario/facts.ts'
import type { Outcome } from './contract.ts'
import { isOffline } from './offline.ts'
import { outcomesIn, type Predicted } from './outcomes.ts'
import { isDisaggregated } from './pools.ts'
import { comparisonsOf } from './served-comparisons.ts'
import { contradiction, doubtOf } from './served-doubt.ts'
import { kvTokensOf, served as serve } from './served-replica.ts'
import {
  layoutOf,
  layoutText,
  limitsIn,
  type ServedRow,
  servedRows,
  setupOf,
  subjectIn,
} from './served-row.ts'
import { requestTokens, shapeOf } from './served-shape.ts'
import { speculates } from './speculation-mark.ts'

/**
 * Runs of servers under clients in a closed loop or at a rate, each simulated from its first request to its last. Those
 * whose prompts are computed apart, and those known to speculate, have tests of their own.
 */
export async function* served(measurements: Measurements, catalogue: Catalogue): AsyncGenerator<Outcome> {
  const rows = servedRows(measurements).filter(isOrdinary)
  yield* outcomesIn(rows, row => predicted(row, catalogue))
}

/** A malformed row is: why it cannot be predicted is then said here. */
function isOrdinary(row: ServedRow): boolean {
  return !isOffline(row) && !isDisaggregated(row) && !speculates(row)
}

async function predicted(row: ServedRow, catalogue: Catalogue): Promise<Predicted[]> {
  checkKind(row)
  const setup = setupOf(row, catalogue)
  const layout = layoutOf(row)
  const shape = shapeOf(row, setup.engine)
  const subject = subjectIn(setup, layout)
  const limits = limitsIn(row, setup.engine, requestTokens(row, shape))
  const run = await serve(subject, limits, shape.load, layout.replicas)
  const room = { kvTokens: kvTokensOf(subject, limits), replicas: layout.replicas }
  const doubt = doubtOf(row) ?? (shape.loop && contradiction(row, subject, shape.loop, room))
  return comparisonsOf({ row, subject, layout: layoutText(layout), shape, run, doubt })
}

/** Throws Unusable for runs that are of a kind that is not predicted. */
function checkKind(row: ServedRow): void {
  const scenario = row.text('scenario')
  if (scenario === 'open-loop') throw new Unusable('measured request by request in a log of its own')
  if (scenario.includes('saturated')) throw new Unusable('prompt lengths are not stated')
}
