import { batchMeans, serialCorrelation } from '../statistics/batch-means.ts'
import { boundedInterval, evenInterval, type Interval } from '../statistics/interval.ts'
import { mean } from '../statistics/moments.ts'
import { wilsonInterval } from '../statistics/proportion.ts'
import { binomialQuantile, fewestFor, quantileOf } from '../statistics/quantile.ts'
import { criticalZ, upperShare } from '../statistics/quantile-functions.ts'

/** A figure of one run, from values in order of time that depend on their neighbours. */
export interface RunFigure {
  /** `n`: batches that it rests on. */
  readonly interval: Interval
  /** How many times as long the run must be, at least, for the interval to be believed; 1 where it is. */
  readonly longer: number
}

/** Parts of a batch, whose correlation shows how long the memory of the run is. */
const PARTS = 10
/** Where parts go together no more than this, batches of ten of them hardly do (Law and Carson 1979). */
const MOST_CORRELATION = 0.4
/** Fewest values of which an interval is believed: the parts of 32 batches. */
export const FEWEST_VALUES = 32 * PARTS

/**
 * The mean of a run, by batch means. Few batches of a run that is shorter than its memory pass von Neumann's test by
 * chance, so tenths of batches are tested too, of which there are many.
 */
export function runMean(values: Float64Array, confidence: number): RunFigure {
  const { interval, isIndependent } = batchMeans(values, confidence)
  return {
    interval: evenInterval(mean(values), interval.halfWidth, interval.n, confidence),
    longer: longerFor(values, interval.n, isIndependent),
  }
}

function longerFor(values: Float64Array, batches: number, isIndependent: boolean): number {
  if (values.length < FEWEST_VALUES) return FEWEST_VALUES / Math.max(1, values.length)
  const correlation = serialCorrelation(partMeans(values, batches * PARTS))
  if (correlation > MOST_CORRELATION) return memoriesAt(MOST_CORRELATION) / memoriesAt(correlation)
  return isIndependent ? 1 : 2
}

/** What is left over by whole parts is cut from the front. */
function partMeans(values: Float64Array, parts: number): Float64Array {
  const size = Math.floor(values.length / parts)
  const first = values.length - parts * size
  return Float64Array.from({ length: parts }, (_, i) =>
    mean(values.subarray(first + i * size, first + (i + 1) * size)),
  )
}

/** A correlation that counts as 1, where a memory is endless. */
const HIGHEST = 0.999

/**
 * How long parts are, in units of a memory that fades exponentially, where their means go together so much: the
 * inverse of (1 - e^-x)² / (2 (x - 1 + e^-x)), which falls from 1 to 0.
 */
function memoriesAt(correlation: number): number {
  const wanted = Math.min(HIGHEST, correlation)
  let [short, long] = [0, 10]
  for (let round = 0; round < 50; round++) {
    const x = (short + long) / 2
    const faded = -Math.expm1(-x)
    if ((faded * faded) / (2 * (x - faded)) > wanted) short = x
    else long = x
  }
  return long
}

/**
 * The share of flags that are 1: Wilson's interval on as many independent ones as these are worth (Korn and Graubard
 * 1998), which is not empty where all are.
 */
export function runShare(flags: Float64Array, confidence: number): RunFigure {
  const { interval, longer } = runMean(flags, confidence)
  const worth = worthOf(flags, interval)
  const { low, high } = wilsonInterval(interval.estimate * worth, worth, confidence)
  return { interval: boundedInterval(interval.estimate, [low, high], interval.n, confidence), longer }
}

/**
 * The q-quantile, from one order statistic to another, by the binomial law of how many of as many independent values as
 * these are worth lie below the true one. What they are worth the share beyond the estimate tells, by batch means. A run
 * that is too short for the mean is too short for a quantile: what lies beyond may all have come at once.
 */
export function runQuantile(values: Float64Array, q: number, confidence: number): RunFigure {
  const rising = values.slice().sort()
  const estimate = quantileOf(rising, q)
  const beyond = values.map(value => (value > estimate ? 1 : 0))
  const { interval, longer } = runMean(beyond, confidence)
  const worth = worthOf(beyond, interval)
  const bounds = orderBounds(rising, q, Math.floor(worth), confidence)
  const fewest = Math.max(fewestFor(q) / values.length, fewestBounded(q, confidence) / worth)
  return {
    interval: boundedInterval(estimate, bounds, interval.n, confidence),
    longer: Math.max(longer, runMean(values, confidence).longer, fewest),
  }
}

/** Independent flags whose share is as unsure, Student's t and all: one at least, and no more than there are. */
function worthOf(flags: Float64Array, { estimate, halfWidth, confidence }: Interval): number {
  const spread = estimate * (1 - estimate)
  if (spread === 0) return flags.length
  return Math.min(flags.length, Math.max(1, spread * (criticalZ(confidence) / halfWidth) ** 2))
}

/** As if so many of the values were independent; infinite where no order statistic of so many is far enough out. */
function orderBounds(
  rising: Float64Array,
  q: number,
  worth: number,
  confidence: number,
): readonly [low: number, high: number] {
  const upper = upperShare(confidence)
  const below = binomialQuantile(1 - upper, worth, q)
  const above = binomialQuantile(upper, worth, q)
  const low = below === 0 ? Number.NEGATIVE_INFINITY : quantileOf(rising, (below - 1) / (worth - 1))
  const high = above >= worth ? Number.POSITIVE_INFINITY : quantileOf(rising, above / (worth - 1))
  return [low, high]
}

/** Fewest independent values whose q-quantile has a bound on either side: all lie on one side of it too rarely. */
function fewestBounded(q: number, confidence: number): number {
  return Math.ceil(Math.log(1 - upperShare(confidence)) / Math.log(Math.max(q, 1 - q)))
}
