import type { DurationSpec } from '../durations.ts'
import type { LengthSpec } from '../lengths.ts'
import type { PrefixSpec } from '../sessions/prefixes.ts'
import type { SessionSpec } from '../sessions/session.ts'
import type { TurnsSpec } from '../sessions/turns.ts'
import { type Distribution, largest, quantiles } from '../statistics/distribution.ts'
import type { Gathered } from '../statistics/gather.ts'
import type { SessionDistributions } from '../statistics/sessions.ts'
import { quantileTable } from './quantile-table.ts'
import { rounded } from './rounded.ts'

/** Most points of a table of lengths. */
export const LENGTH_POINTS = 100
const FEWER_POINTS = 40

/** A law of whole tokens, at least 1, by a table of quantiles. */
export function lengthLaw(tokens: Distribution, points = LENGTH_POINTS): LengthSpec {
  const { values } = tokens
  if (values.length === 0) return { kind: 'fixed', tokens: 1 }
  if (values.length === 1) return { kind: 'fixed', tokens: Math.max(1, values[0]) }
  return { kind: 'quantiles', points: quantileTable(tokens, points, toTokens) }
}

function toTokens(value: number): number {
  return Math.max(1, Math.round(value))
}

/** The sessions of a trace that has some of several turns; undefined where it has none. */
export function sessionFit({
  sessions,
  prefixes,
  inputTokens,
  outputTokens,
}: Gathered): SessionSpec | undefined {
  if (sessions === undefined || largest(sessions.turns) < 2) return undefined
  return {
    turns: turnsLaw(sessions.turns),
    thinkS: thinkLaw(sessions),
    firstInput: lengthLaw(sessions.firstInputTokens, FEWER_POINTS),
    maxContextTokens: largest(inputTokens) + largest(outputTokens),
    atCap: 'end',
    ...(prefixes && { blockTokens: prefixes.blockTokens[0] }),
  }
}

/** As the trace says them, or else from turn to turn. */
function thinkLaw({ thinkS, turnGapS }: SessionDistributions): DurationSpec {
  const of = thinkS.count > 0 ? thinkS : turnGapS
  if (of.values.length === 0) return { kind: 'constant', durationS: 0 }
  if (of.values.length === 1) return { kind: 'constant', durationS: of.values[0] }
  return { kind: 'quantiles', points: quantileTable(of, FEWER_POINTS, rounded) }
}

/** Groups of sessions of about as many turns each. */
function turnsLaw(turns: Distribution): TurnsSpec {
  if (turns.values.length <= FEWER_POINTS) {
    return { kind: 'table', rows: shared(Array.from(turns.values, (value, i) => [value, turns.counts[i]])) }
  }
  const groups = quantiles(
    turns,
    Array.from({ length: FEWER_POINTS }, (_, i) => (i + 0.5) / FEWER_POINTS),
  )
  return { kind: 'table', rows: shared(groups.map(value => [Math.round(value), 1])) }
}

/** Rows of rising turns with their shares, which add up to 1 and are not rounded lest many be off together. */
function shared(rows: readonly (readonly [turns: number, count: number])[]): [number, number][] {
  const total = rows.reduce((sum, [, count]) => sum + count, 0)
  const counts = new Map<number, number>()
  for (const [turns, count] of rows) counts.set(turns, (counts.get(turns) ?? 0) + count)
  return [...counts].map(([turns, count]) => [turns, count / total])
}

/**
 * Prompts without sessions that share prefixes: each takes one of a number of beginnings as long as the hits of the trace
 * are, as many as come between two uses of a block. Undefined where there are no blocks or no hits.
 */
export function prefixFit({ prefixes, prefixLengths, arrivals }: Gathered): SessionSpec | undefined {
  if (prefixes === undefined || prefixes.tokenHitRatio === 0) return undefined
  const ratePerS = arrivals.spanS > 0 ? (arrivals.count - 1) / arrivals.spanS : 1
  const nodes = Math.min(1e6, Math.max(1, Math.round(ratePerS * prefixes.reuseGapS.mean)))
  const level = { nodes, zipf: 0, tokens: lengthLaw(prefixLengths.hitTokens, FEWER_POINTS) }
  const spec: PrefixSpec = { levels: [level], byTenant: false }
  return {
    turns: { kind: 'fixed', turns: 1 },
    thinkS: { kind: 'constant', durationS: 0 },
    maxContextTokens: 2 ** 31 - 1,
    atCap: 'end',
    prefixes: spec,
    blockTokens: prefixes.blockTokens[0],
  }
}

/** Tokens of a prompt that no earlier one has. */
export function ownInput({ prefixLengths }: Gathered): LengthSpec {
  return lengthLaw(prefixLengths.missTokens)
}
