import { isServed } from '../requests/outcomes.ts'
import { REFUSED } from '../requests/table.ts'
import type { Decision, Fate } from './decision.ts'
import { meanOf, quantileOf } from './exact.ts'

/** Seconds that a request took longer than at the best of the replicas tried; NaN of one that was not served. */
export interface Regret {
  readonly ttftS: number
  readonly e2eS: number
}

/**
 * The regret of a fate beside those that it could have had. Only fates with as many output tokens count: an answer that
 * is cut short is no better for ending sooner.
 */
export function regretOf(fate: Fate, others: readonly Fate[]): Regret {
  if (!isServed(fate.outcome)) return { ttftS: Number.NaN, e2eS: Number.NaN }
  const alike = [fate, ...others.filter(other => isAlike(other, fate))]
  return {
    ttftS: fate.ttftS - Math.min(...alike.map(({ ttftS }) => ttftS)),
    e2eS: fate.e2eS - Math.min(...alike.map(({ e2eS }) => e2eS)),
  }
}

function isAlike({ outcome, outputTokens }: Fate, fate: Fate): boolean {
  return isServed(outcome) && outputTokens === fate.outputTokens
}

/** Regrets of some decisions, and what they are beside. */
export interface RegretFigures {
  readonly decisions: number
  /** Mean number of replicas tried in one. */
  readonly meanCandidates: number
  readonly refused: number
  readonly meanTtftS: number
  readonly meanE2eS: number
  readonly ttft: RegretSpread
  readonly e2e: RegretSpread
  /** Share of the requests served for which no replica tried would have been faster to the end. */
  readonly bestShare: number
  /** Share of all that missed the SLO, and of all that missed it though they would have met it at another replica. */
  readonly missedShare: number
  readonly avoidableShare: number
}

export interface RegretSpread {
  readonly meanS: number
  readonly p50S: number
  readonly p95S: number
}

/** NaN where there is nothing to take it of. */
export function regretFigures(decisions: readonly Decision[]): RegretFigures {
  const served = decisions.filter(({ fate }) => isServed(fate.outcome))
  const regrets = served.map(({ fate, candidates }) => regretOf(fate, fatesOf(candidates)))
  const share = (test: (decision: Decision) => boolean) => decisions.filter(test).length / decisions.length
  return {
    decisions: decisions.length,
    meanCandidates: meanOf(decisions.map(({ candidates }) => candidates.length)),
    refused: decisions.filter(({ fate }) => fate.outcome === REFUSED).length,
    meanTtftS: meanOf(served.map(({ fate }) => fate.ttftS)),
    meanE2eS: meanOf(served.map(({ fate }) => fate.e2eS)),
    ttft: spreadOf(regrets.map(({ ttftS }) => ttftS)),
    e2e: spreadOf(regrets.map(({ e2eS }) => e2eS)),
    bestShare: regrets.filter(({ e2eS }) => e2eS === 0).length / regrets.length,
    missedShare: share(({ fate }) => !fate.metSlo),
    avoidableShare: share(({ fate, candidates }) => !fate.metSlo && candidates.some(meetsSlo)),
  }
}

function fatesOf(candidates: Decision['candidates']): Fate[] {
  return candidates.map(({ fate }) => fate)
}

function meetsSlo({ fate }: Decision['candidates'][number]): boolean {
  return fate.metSlo
}

function spreadOf(values: readonly number[]): RegretSpread {
  return { meanS: meanOf(values), p50S: quantileOf(values, 0.5), p95S: quantileOf(values, 0.95) }
}
