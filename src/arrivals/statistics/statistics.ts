import type { ArrivalSource } from '../contract.ts'
import { type Distribution, deviation, mean, type Summary, summaryOf } from './distribution.ts'
import { type Gathered, type Grouping, gathered } from './gather.ts'
import type { Group } from './groups.ts'
import type { HourlyShape } from './hours.ts'
import { type Fit, fits } from './laws.ts'
import type { LengthCorrelation } from './pairs.ts'
import type { PrefixStatistics } from './prefixes.ts'
import { type RateCurve, widened } from './rate-curve.ts'
import { isBinned } from './reals.ts'
import { type SessionStatistics, sessionStatistics } from './sessions.ts'
import { tailExponent } from './tail.ts'
import type { ArrivalTimes } from './times.ts'
import { type Mixture, twoLognormals } from './two-lognormals.ts'

/** What a workload is like. Numbers that it is too short or too poor for are NaN. */
export interface TraceStatistics {
  readonly requests: number
  /** Undefined where the trace does not say when its requests come. */
  readonly arrivals: ArrivalStatistics | undefined
  readonly input: LengthStatistics
  readonly output: LengthStatistics
  readonly correlation: LengthCorrelation
  /** Of traces longer than a day. */
  readonly hours: HourlyShape | undefined
  readonly prefixes: PrefixStatistics | undefined
  readonly sessions: SessionStatistics | undefined
  readonly groups: Readonly<Record<Grouping, readonly Group[]>>
  /** Seconds from arrival, of the requests that have a deadline. */
  readonly deadlineS: Summary | undefined
  /** Images and the like in a prompt, of the requests that have any. */
  readonly items: Summary | undefined
  /** What is not of every request, or not exact. */
  readonly notes: readonly string[]
}

export interface ArrivalStatistics {
  /** Seconds from the first arrival to the last. */
  readonly spanS: number
  /** Arrivals after the first, per second of span. */
  readonly meanRatePerS: number
  /** Of whole minutes. */
  readonly busiestMinutePerS: number
  readonly busiestMinuteOverMean: number
  readonly quietestMinuteOverMean: number
  readonly gapS: Summary
  /** Standard deviation of the gaps over their mean: 1 for a Poisson process. */
  readonly gapCv: number
  /** Share of the gaps that are 0. */
  readonly zeroGaps: number
  /** Variance of the counts per window over their mean: 1 for a Poisson process. */
  readonly fano: readonly { readonly windowS: number; readonly fano: number }[]
  /** Laws of the gaps above 0, best first. */
  readonly fits: readonly Fit[]
  readonly curve: RateCurve
}

export interface LengthStatistics extends Summary {
  readonly total: number
  /** Laws of the lengths above 0, best first. */
  readonly fits: readonly Fit[]
  readonly mixture: Mixture | undefined
  /** Hill's exponent of the largest 20th. */
  readonly tailExponent: number
}

const MOST_CURVE_STEPS = 512

/** Measures a workload in one pass and closes it; see `gathered`. */
export async function traceStatistics(
  source: ArrivalSource,
  onRows?: (requests: number) => void,
): Promise<TraceStatistics> {
  return statisticsOf(await gathered(source, onRows))
}

/** @param hasTimes false where the times of the requests are made up, one a second */
export function statisticsOf(of: Gathered, hasTimes = true): TraceStatistics {
  return {
    requests: of.requests,
    arrivals: hasTimes ? arrivalStatistics(of.arrivals) : undefined,
    input: lengthStatistics(of.inputTokens),
    output: lengthStatistics(of.outputTokens),
    correlation: of.correlation,
    hours: hasTimes ? of.hours : undefined,
    prefixes: of.prefixes,
    sessions: of.sessions && sessionStatistics(of.sessions),
    groups: of.groups,
    deadlineS: someOf(of.deadlineS),
    items: someOf(of.items),
    notes: [...(hasTimes ? gapNotes(of) : [MADE_UP]), ...pairNotes(of)],
  }
}

export function arrivalStatistics({ count, spanS, gapsS, windows, curve }: ArrivalTimes): ArrivalStatistics {
  const minutes = windows.find(({ windowS }) => windowS === 60)!
  const gapS = summaryOf(gapsS)
  return {
    spanS,
    meanRatePerS: spanS > 0 ? (count - 1) / spanS : Number.NaN,
    busiestMinutePerS: minutes.most / minutes.windowS,
    busiestMinuteOverMean: minutes.most / minutes.mean,
    quietestMinuteOverMean: minutes.least / minutes.mean,
    gapS,
    gapCv: deviation(gapsS) / mean(gapsS),
    zeroGaps: gapS.zeros / gapS.count,
    fano: windows.map(({ windowS, fano }) => ({ windowS, fano })),
    fits: fits(gapsS),
    curve: widened(curve, MOST_CURVE_STEPS),
  }
}

function lengthStatistics(tokens: Distribution): LengthStatistics {
  return {
    ...summaryOf(tokens),
    total: tokens.count === 0 ? 0 : Math.round(mean(tokens) * tokens.count),
    fits: fits(tokens),
    mixture: twoLognormals(tokens),
    tailExponent: tailExponent(tokens),
  }
}

function someOf(distribution: Distribution): Summary | undefined {
  return distribution.count === 0 ? undefined : summaryOf(distribution)
}

const MADE_UP = 'the trace has no times: requests or sessions are read as coming one a second'

function gapNotes({ arrivals: { gapsS } }: Gathered): string[] {
  return [
    ...(gapsS.binWidth > 0 ? ['gap quantiles are read from bins at most 0.1 % wide'] : []),
    ...(isBinned(gapsS) ? ['laws of the gaps are fitted to bins at most 0.1 % wide'] : []),
  ]
}

function pairNotes({ requests, correlation: { sampled } }: Gathered): string[] {
  return sampled < requests
    ? [`the rank correlation is of ${sampled.toLocaleString('en')} requests, evenly over the trace`]
    : []
}
