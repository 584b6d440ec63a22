import { boundedInterval, type Interval, meanInterval } from '../statistics/interval.ts'
import { mean, sum, type Values } from '../statistics/moments.ts'
import { attainmentInterval } from '../statistics/proportion.ts'
import { fewestFor, restsOnFew } from '../statistics/quantile.ts'
import { ratioInterval } from '../statistics/ratio.ts'
import { areAlike, type GroupSeries, valuesOf } from './group-series.ts'
import { isShare } from './known-metrics.ts'
import { ARRIVED, RATIOS, WINDOW_S } from './ratios.ts'

const ATTAINMENT = 'slo_attainment'

/** How the replications of a metric become one figure. */
export type Method = Computed | 'mean of draws'

type Computed = 'mean' | 'attainment' | 'ratio of sums'

/** What the replications of a point say of a metric. */
export interface Measured {
  readonly interval: Interval
  readonly method: Method
  /** Share of the replications whose queue was still growing in the end; NaN where that is not known. */
  readonly saturated: number
  /** Why the interval says less than it seems to; empty where all is well. */
  readonly note: string
}

export function measured(series: GroupSeries, metric: string, confidence: number): Measured {
  const method = methodOf(series, metric)
  const { saturated = Number.NaN, replications } = series
  return {
    interval: INTERVALS[method](series, metric, confidence),
    method,
    saturated: saturated / replications.length,
    note: noteOn(series, metric),
  }
}

/**
 * Values of replications whose mean is the metric's estimate and whose spread is that of the estimate, so that
 * estimates of two points can be paired by replication. Of a ratio of sums they are linear in both sums:
 * R + (numerator - R denominator) / mean denominator (the delta method; Law, Simulation Modeling and Analysis, 9.3).
 */
export function pairable(series: GroupSeries, metric: string): Float64Array {
  if (methodOf(series, metric) !== 'ratio of sums') return valuesOf(series, metric)
  const { numerators, denominators } = sumsOf(series, metric)
  const ratio = sum(numerators) / sum(denominators)
  const per = mean(denominators)
  return numerators.map((value, i) => ratio + (value - ratio * denominators[i]) / per)
}

const INTERVALS: Record<Computed, (series: GroupSeries, metric: string, confidence: number) => Interval> = {
  mean: (series, metric, confidence) => {
    const interval = meanInterval(valuesOf(series, metric), confidence, series.sampling)
    return isShare(metric) ? ofShare(interval) : interval
  },
  attainment: (series, metric, confidence) =>
    attainmentInterval(valuesOf(series, metric), valuesOf(series, ARRIVED), confidence, series.sampling),
  'ratio of sums': (series, metric, confidence) => {
    const { numerators, denominators } = sumsOf(series, metric)
    return ratioInterval(numerators, denominators, confidence, series.sampling)
  },
}

/** What is above the whole or below nothing is no share. */
function ofShare({ estimate, low, high, n, confidence }: Interval): Interval {
  return boundedInterval(estimate, [Math.max(0, low), Math.min(1, high)], n, confidence)
}

/** Where what it rests on is not in the results, the mean. */
function methodOf({ columns }: GroupSeries, metric: string): Computed {
  const isKnown = (name: string) => columns.get(name)?.every(Number.isFinite) ?? false
  if (metric === ATTAINMENT && isKnown(ARRIVED)) return 'attainment'
  if (!Object.hasOwn(RATIOS, metric)) return 'mean'
  const { amounts, tokensPerS } = RATIOS[metric]
  return [...amounts, tokensPerS, WINDOW_S].every(isKnown) ? 'ratio of sums' : 'mean'
}

/** Amounts, and millions of tokens. */
function sumsOf(series: GroupSeries, metric: string) {
  const { amounts, tokensPerS } = RATIOS[metric]
  const parts = amounts.map(name => valuesOf(series, name))
  const windowS = valuesOf(series, WINDOW_S)
  const rates = valuesOf(series, tokensPerS)
  const numerators = Float64Array.from(windowS, (_, i) => parts.reduce((total, part) => total + part[i], 0))
  return { numerators, denominators: rates.map((rate, i) => (rate * windowS[i]) / 1e6) }
}

function noteOn(series: GroupSeries, metric: string): string {
  const values = valuesOf(series, metric)
  const isSummed = methodOf(series, metric) === 'ratio of sums'
  const notes = [isSummed ? '' : undefinedNote(values), fewNote(series, metric), saturatedNote(series)]
  notes.push(alikeNote(series), spreadNote(series))
  return notes.filter(note => note !== '').join('; ')
}

/** Where replications are alike because chance has no say in them; else empty. */
export function alikeNote(series: GroupSeries): string {
  const { length } = series.replications
  return areAlike(series) ? `nothing differs by chance in ${length} of ${length} replications` : ''
}

function spreadNote({ sampling, replications: { length } }: GroupSeries): string {
  if (length === 1) return 'one replication says nothing of the spread'
  return sampling === 'redrawn' && length === 2 ? 'one draw of the trace says nothing of the spread' : ''
}

function undefinedNote(values: Values & { filter: Float64Array['filter'] }): string {
  const undefineds = values.filter(Number.isNaN).length
  return undefineds === 0 ? '' : `not defined in ${undefineds} of ${values.length} replications`
}

/** Of a quantile that rests on too few requests of a run; else empty. */
export function fewNote({ columns, replications }: GroupSeries, metric: string): string {
  const q = quantileIn(metric)
  const requests = columns.get(ARRIVED)
  if (q === undefined || requests === undefined) return ''
  const few = requests.filter(count => restsOnFew(count, q)).length
  if (few === 0) return ''
  return `of fewer than the ${fewestFor(q)} requests that it takes in ${few} of ${replications.length} replications`
}

/** Of values one a request; gaps between tokens are many more. */
function quantileIn(metric: string): number | undefined {
  const digits = /^(?:ttft|ttft_from_admission|tpot|e2e)_p(\d+)_s$/.exec(metric)?.[1]
  return digits === undefined ? undefined : Number(digits) / 100
}

function saturatedNote({ saturated, replications }: GroupSeries): string {
  return saturated ? `the queue still grew in ${saturated} of ${replications.length} replications` : ''
}
