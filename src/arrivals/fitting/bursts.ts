import { type GapSpec, gapDraws } from '../gaps.ts'
import { type Distribution, deviation, exactDistribution, mean } from '../statistics/distribution.ts'
import { type ArrivalTimes, WINDOWS_S } from '../statistics/times.ts'
import { Windows } from '../statistics/windows.ts'
import { sampleDistance } from './comparison.ts'

/** How arrivals come: what a law of gaps is judged by. */
export interface Bursts {
  /** Mean rate, coefficient of variation of the gaps, and Fano factors at 1, 10 and 60 s. */
  readonly figures: readonly number[]
  /** By how much the logarithm of each is uncertain: a variance of so many counts errs by the root of 2 over them. */
  readonly noise: readonly number[]
  /** All gaps, or every n-th. */
  readonly gapsS: Distribution
}

export function burstsOf({ gapsS, windows }: ArrivalTimes): Bursts {
  const meanS = mean(gapsS)
  const figures = [1 / meanS, deviation(gapsS) / meanS, ...windows.map(({ fano }) => fano)]
  const noise = [0, 0, ...windows.map(({ windows }) => Math.sqrt(2 / Math.max(1, windows)))]
  return { figures, noise, gapsS }
}

const MOST_GAPS = 50_000

/** Those of arrivals drawn from a law. */
export function drawnBursts(spec: GapSpec, count: number, seed: number): Pick<Bursts, 'figures' | 'gapsS'> {
  const gap = gapDraws(spec, seed, 'fit')
  const windows = WINDOWS_S.map(windowS => new Windows(windowS))
  const stride = Math.ceil(count / MOST_GAPS)
  const kept = new Float64Array(Math.ceil((count - 1) / stride))
  let timeS = 0
  let squares = 0
  for (let i = 0; i < count - 1; i++) {
    for (const each of windows) each.add(timeS)
    const gapS = gap()
    if (i % stride === 0) kept[i / stride] = gapS
    squares += gapS * gapS
    timeS += gapS
  }
  const cv = Math.sqrt(Math.max(0, (squares * (count - 1)) / (timeS * timeS) - 1))
  const fanos = windows.map(each => each.counts().fano)
  return { figures: [(count - 1) / timeS, cv, ...fanos], gapsS: exactDistribution(kept) }
}

/** Enough requests for a mean over realisations to be steady. */
const STEADY_REQUESTS = 200_000
const MOST_REALISATIONS = 8

/** How a law does against bursts that are wanted. */
export interface Judgement {
  /**
   * The logarithms of the figures' ratios, summed over those known of both, and the largest distance of the shares
   * below any gap.
   */
  readonly distance: number
  /** Whether every figure is as near as chance lets it be. */
  readonly isWithinNoise: boolean
}

const FAR_NOISE = 3
const NEAR = 0.05

/** Judges a law by the mean of realisations. */
export function judged(spec: GapSpec, count: number, wanted: Bursts): Judgement {
  const realisations = Math.min(MOST_REALISATIONS, Math.ceil(STEADY_REQUESTS / count))
  const drawn = Array.from({ length: realisations }, (_, seed) => drawnBursts(spec, count, seed))
  const gaps = meanOf(drawn.map(({ gapsS }) => sampleDistance(wanted.gapsS, gapsS)))
  const off = wanted.figures.map((real, i) => {
    const logs = drawn.map(({ figures }) => Math.log(figures[i] / real)).filter(Number.isFinite)
    return logs.length === 0 ? 0 : Math.abs(meanOf(logs))
  })
  return {
    distance: off.reduce((sum, log) => sum + log, gaps),
    isWithinNoise: gaps < NEAR && off.every((log, i) => log <= NEAR + FAR_NOISE * wanted.noise[i]),
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
