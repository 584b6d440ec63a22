import { normalShare } from '../draws.ts'
import { type Distribution, mean, meanOf, positivePart } from './distribution.ts'
import { fewValues } from './reals.ts'
import { gammaShare, logGammaAt, logMinusDigamma, trigamma } from './special.ts'

/** A law fitted to the values above 0 of a distribution by maximum likelihood, its location held at 0. */
export interface Fit {
  readonly law: LawName
  /** By name: `mean`; `shape` and `scale`; or `mu` and `sigma`. */
  readonly parameters: Readonly<Record<string, number>>
  /** Kolmogorov-Smirnov distance: the most by which the shares below a value differ. */
  readonly ks: number
  /** Akaike's criterion: 2 × parameters − 2 × log likelihood; less is better. */
  readonly aic: number
}

/** What the likelihoods need of positive values. */
interface Moments {
  readonly of: Distribution
  readonly mean: number
  readonly meanLog: number
  /** Standard deviation of the logarithms. */
  readonly sigma: number
}

interface Law {
  readonly parameters: Readonly<Record<string, number>>
  /** Mean over the values. */
  readonly logLikelihood: number
  shareBelow(value: number): number
}

const LAWS = { exponential, gamma, weibull, lognormal } satisfies Record<string, (moments: Moments) => Law>

export type LawName = keyof typeof LAWS

/** Every law fitted to the values above 0, best first; none where these are fewer than two different ones. */
export function fits(distribution: Distribution): readonly Fit[] {
  const positive = fewValues(positivePart(distribution))
  if (positive.values.length < 2) return []
  const moments = momentsOf(positive)
  const fitted = Object.entries(LAWS).map(([name, fitLaw]) => {
    const { parameters, logLikelihood, shareBelow } = fitLaw(moments)
    const aic = 2 * Object.keys(parameters).length - 2 * positive.count * logLikelihood
    return { law: name as LawName, parameters, ks: ksDistance(positive, shareBelow), aic }
  })
  return fitted.sort((a, b) => a.aic - b.aic)
}

/** The most by which the share of values below a place differs from a law's, on either side of each step. */
export function ksDistance(
  { values, counts, count }: Distribution,
  shareBelow: (value: number) => number,
): number {
  let before = 0
  let most = 0
  for (let i = 0; i < values.length; i++) {
    const share = shareBelow(values[i])
    const after = before + counts[i]
    most = Math.max(most, share - before / count, after / count - share)
    before = after
  }
  return most
}

function momentsOf(of: Distribution): Moments {
  const meanLog = meanOf(of, Math.log)
  const sigma = Math.sqrt(meanOf(of, value => (Math.log(value) - meanLog) * (Math.log(value) - meanLog)))
  return { of, mean: mean(of), meanLog, sigma }
}

function exponential({ mean }: Moments): Law {
  return {
    parameters: { mean },
    logLikelihood: -Math.log(mean) - 1,
    shareBelow: value => 1 - Math.exp(-value / mean),
  }
}

/** The shape solves ln k − ψ(k) = ln mean − mean ln, by Newton from Minka's start. */
function gamma({ mean, meanLog }: Moments): Law {
  const spread = Math.log(mean) - meanLog
  let shape = (3 - spread + Math.sqrt((spread - 3) * (spread - 3) + 24 * spread)) / (12 * spread)
  for (let round = 0; round < 50; round++) {
    const next = shape - (logMinusDigamma(shape) - spread) / (1 / shape - trigamma(shape))
    const step = Math.abs(next - shape)
    shape = next > 0 ? next : shape / 2
    if (step < 1e-13 * shape) break
  }
  const scale = mean / shape
  return {
    parameters: { shape, scale },
    logLikelihood: (shape - 1) * meanLog - shape - shape * Math.log(scale) - logGammaAt(shape),
    shareBelow: value => gammaShare(shape, value / scale),
  }
}

/** The shape solves Σ xᵏ ln x / Σ xᵏ − 1/k = mean ln x, whose left side rises with k. */
function weibull({ of, meanLog, sigma }: Moments): Law {
  const last = Math.log(of.values[of.values.length - 1])
  let shape = Math.PI / (Math.sqrt(6) * sigma)
  for (let round = 0; round < 100; round++) {
    const { tilted, spread } = tiltedLogs(of, shape, last)
    const next = shape - (tilted - 1 / shape - meanLog) / (spread + 1 / (shape * shape))
    const step = Math.abs(next - shape)
    shape = next > 0 ? next : shape / 2
    if (step < 1e-13 * shape) break
  }
  const logScale = last + Math.log(tiltedLogs(of, shape, last).power) / shape
  return {
    parameters: { shape, scale: Math.exp(logScale) },
    logLikelihood: Math.log(shape) - shape * logScale + (shape - 1) * meanLog - 1,
    shareBelow: value => 1 - Math.exp(-Math.exp(shape * (Math.log(value) - logScale))),
  }
}

/** Mean of (x / largest)ᵏ, and mean and variance of ln x where x counts by that weight. */
function tiltedLogs({ values, counts, count }: Distribution, shape: number, last: number) {
  let power = 0
  let first = 0
  let second = 0
  for (let i = 0; i < values.length; i++) {
    const log = Math.log(values[i]) - last
    const weight = counts[i] * Math.exp(shape * log)
    power += weight
    first += weight * log
    second += weight * log * log
  }
  const centre = first / power
  return { power: power / count, tilted: centre + last, spread: second / power - centre * centre }
}

function lognormal({ meanLog, sigma }: Moments): Law {
  return {
    parameters: { mu: meanLog, sigma },
    logLikelihood: -meanLog - Math.log(sigma) - 0.5 * Math.log(2 * Math.PI) - 0.5,
    shareBelow: value => normalShare((Math.log(value) - meanLog) / sigma),
  }
}
