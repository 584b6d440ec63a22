import { evenInterval, type Interval, meanInterval } from './interval.ts'
import { mean, type Values, variance } from './moments.ts'
import { normalQuantile } from './quantile-functions.ts'

/** Numbers of batches that are tried: beyond 10 to 30 more of them teach little (Schmeiser 1982). */
const COUNTS = [32, 16, 8] as const
const FEWEST = COUNTS[COUNTS.length - 1]

/** Independent batches are taken for dependent this often. */
const LEVEL = 0.1

/** What one long run says of its mean. */
export interface BatchMeans {
  /** Over batches: `n` is their number, 0 where there are too few values for any. */
  readonly interval: Interval
  /** Values to a batch. */
  readonly batchSize: number
  /** False where even the longest batches go with their neighbours: the run is too short, the interval too narrow. */
  readonly isIndependent: boolean
}

/**
 * The mean of one long run, warm-up removed, whose values depend on their neighbours: Student's t over the means of
 * long batches, which hardly do (Law, Simulation Modeling and Analysis, 9.5.3). Batches are made longer, 32 of them,
 * then 16, then 8, until von Neumann's ratio does not tell them from independent ones (Fishman 1978). What is left
 * over by whole batches is cut from the front.
 */
export function batchMeans(values: Values, confidence: number): BatchMeans {
  if (values.length < FEWEST) return tooFew(values, confidence)
  const tried = COUNTS.filter(count => count <= values.length).map(count => meansOf(values, count))
  const means = tried.find(areIndependent) ?? tried[tried.length - 1]
  return {
    interval: meanInterval(means, confidence),
    batchSize: Math.floor(values.length / means.length),
    isIndependent: areIndependent(means),
  }
}

function tooFew(values: Values, confidence: number): BatchMeans {
  const interval = evenInterval(mean(values), Number.POSITIVE_INFINITY, 0, confidence)
  return { interval, batchSize: 0, isIndependent: false }
}

function meansOf(values: Values, count: number): Float64Array {
  const size = Math.floor(values.length / count)
  const first = values.length - count * size
  const means = new Float64Array(count)
  for (let i = 0; i < count * size; i++) means[Math.floor(i / size)] += values[first + i] / size
  return means
}

/**
 * Lag-1 correlation by von Neumann's ratio, corrected for the ends: normal around 0 with variance
 * (n - 2) / (n² - 1) for independent normal values. Equal values count as independent.
 */
export function serialCorrelation(values: Values): number {
  let steps = 0
  for (let i = 1; i < values.length; i++) steps += (values[i] - values[i - 1]) ** 2
  const squares = variance(values) * (values.length - 1)
  return squares === 0 ? 0 : 1 - steps / (2 * squares)
}

/** Whether neighbours are not seen to go together; going apart makes an interval too wide at worst. */
function areIndependent(values: Values): boolean {
  const n = values.length
  return serialCorrelation(values) <= normalQuantile(1 - LEVEL) * Math.sqrt((n - 2) / (n * n - 1))
}
