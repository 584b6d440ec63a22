import { meanInterval } from '../statistics/interval.ts'
import type { Values } from '../statistics/moments.ts'
import { isNarrow, moreToNarrow } from '../statistics/sequential.ts'

/** How many replications the points of a setting get: `least` where nothing else is asked. */
export interface ReplicationRule {
  readonly least: number
  readonly most: number
  /** No more once the mean of a metric, over all requests, is known to a relative half width at each of them. */
  readonly until?: { readonly metric: string; readonly half_width: number }
  readonly confidence: number
}

/** A round has at most so many times the replications there are before it. */
const GROWTH = 2

/**
 * Replications that each point of a setting is to have, as far as finished ones tell: as many as the one that needs
 * most, so that all can be paired. It is a matter of rounds: how many there are to be in a round depends on those of the
 * rounds before and on nothing else, so that it is the same whatever ran first.
 *
 * @param valuesOf the metric of the rule at each point in replications from 0 to so many; undefined where not all are
 * finished
 */
export function replicationsWanted(
  rule: ReplicationRule,
  valuesOf: (replications: number) => readonly Values[] | undefined,
): number {
  let wanted = rule.least
  while (rule.until !== undefined && wanted < rule.most) {
    const values = valuesOf(wanted)
    if (values === undefined) break
    const { half_width } = rule.until
    const more = Math.max(...values.map(ofPoint => moreWanted(rule, half_width, ofPoint)))
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
