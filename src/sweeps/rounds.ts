import { meanInterval } from '../statistics/interval.ts'
import type { Values } from '../statistics/moments.ts'
import { isNarrow, moreToNarrow } from '../statistics/sequential.ts'

/** How many replications a point gets: `least` where nothing else is asked. */
export interface ReplicationRule {
  readonly least: number
  readonly most: number
  /** No more once the mean of a metric, over all requests, is known to a relative half width. */
  readonly until?: { readonly metric: string; readonly half_width: number }
  readonly confidence: number
}

/** A round has at most so many times the replications there are before it. */
const GROWTH = 2

/**
 * Replications that a point is to have, as far as its finished ones tell. It is a matter of rounds: how many there are
 * to be in a round depends on those of the rounds before and on nothing else, so that it is the same whatever ran first.
 *
 * @param valuesOf the metric of the rule in replications from 0 to so many; undefined where not all are finished
 */
export function replicationsWanted(
  rule: ReplicationRule,
  valuesOf: (replications: number) => Values | undefined,
): number {
  let wanted = rule.least
  while (rule.until !== undefined && wanted < rule.most) {
    const values = valuesOf(wanted)
    if (values === undefined) break
    const more = moreWanted(rule, rule.until.half_width, values)
    if (more === 0) break
    wanted = Math.min(rule.most, wanted + more)
  }
  return wanted
}

/** Where nothing can be said of the spread, or the metric is not always defined, as many as a round may have. */
function moreWanted({ confidence }: ReplicationRule, halfWidth: number, values: Values): number {
  if (isNarrow(meanInterval(values, confidence), halfWidth)) return 0
  const most = (GROWTH - 1) * values.length
  const more = moreToNarrow(values, halfWidth, confidence)
  return more >= 1 && more < most ? more : most
}
