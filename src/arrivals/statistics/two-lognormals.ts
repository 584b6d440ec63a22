import { normalShare } from '../draws.ts'
import { type Distribution, meanOf, positivePart, quantiles } from './distribution.ts'
import { ksDistance } from './laws.ts'
import { fewValues } from './reals.ts'

/** One lognormal law of a mixture. */
export interface Component {
  readonly share: number
  readonly mu: number
  readonly sigma: number
}

export interface Mixture {
  /** The one of the smaller mu first, as a rule: each begins on its side of the median. */
  readonly components: readonly [Component, Component]
  /** Kolmogorov-Smirnov distance. */
  readonly ks: number
}

const ROUNDS = 200
/** By how much sigmas are widened in each round, so that no component can shrink onto a single length. */
const WIDENING = 0.02

/**
 * Two lognormal laws fitted to the values above 0 by expectation and maximisation, 200 rounds from the quartiles;
 * sigmas are widened by 0.02 in each round. Undefined where there are fewer than two different values.
 */
export function twoLognormals(distribution: Distribution): Mixture | undefined {
  const positive = fewValues(positivePart(distribution))
  if (positive.values.length < 2) return undefined
  const logs = { ...positive, values: positive.values.map(Math.log) }
  let components = start(logs)
  for (let round = 0; round < ROUNDS; round++) components = improved(logs, components, WIDENING)
  const below = (log: number) =>
    components.reduce((sum, { share, mu, sigma }) => sum + share * normalShare((log - mu) / sigma), 0)
  return { components, ks: ksDistance(logs, below) }
}

type Pair = readonly [Component, Component]

/** Halves around the quartiles, each as wide as the whole and a thousandth more. */
export function start(logs: Distribution): Pair {
  const centre = meanOf(logs, log => log)
  const sigma = Math.sqrt(meanOf(logs, log => (log - centre) * (log - centre))) + 0.001
  const [low, high] = quantiles(logs, [0.25, 0.75])
  return [
    { share: 0.5, mu: low, sigma },
    { share: 0.5, mu: high, sigma },
  ]
}

/** One round: each value is dealt to the components by their likelihood, each component fitted to what it got. */
export function improved({ values, counts, count }: Distribution, [a, b]: Pair, widening: number): Pair {
  const dealt = [new Sums(), new Sums()] as const
  for (let i = 0; i < values.length; i++) {
    const first = 1 / (1 + Math.exp(logDensity(b, values[i]) - logDensity(a, values[i])))
    dealt[0].add(values[i] - a.mu, counts[i] * first)
    dealt[1].add(values[i] - b.mu, counts[i] * (1 - first))
  }
  return [dealt[0].component(a.mu, count, widening), dealt[1].component(b.mu, count, widening)]
}

/** Up to a constant. */
export function logDensity({ share, mu, sigma }: Component, log: number): number {
  const z = (log - mu) / sigma
  return Math.log(share / sigma) - 0.5 * z * z
}

class Sums {
  #weight = 0
  #first = 0
  #second = 0

  add(value: number, weight: number): void {
    this.#weight += weight
    this.#first += weight * value
    this.#second += weight * value * value
  }

  component(centre: number, count: number, widening: number): Component {
    const shift = this.#first / this.#weight
    const variance = Math.max(0, this.#second / this.#weight - shift * shift)
    return { share: this.#weight / count, mu: centre + shift, sigma: Math.sqrt(variance) + widening }
  }
}
