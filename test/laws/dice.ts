import { below, exponential, type Random, stream } from '../../src/core/random.ts'

/**
 * `continuous`: random real times, in which nothing coincides but what is made to. `dyadic`: every constant and
 * time is a small multiple of a power of two, so that sums are exact and events fall on the same instants all
 * the time.
 */
export type Flavour = 'continuous' | 'dyadic'

/** Draws of one course. */
export class Dice {
  readonly flavour: Flavour
  readonly random: Random
  /** What a small step takes, roughly; long enough in some courses that hours pass. */
  readonly unitS: number

  constructor(seed: string | number, flavour: Flavour) {
    this.flavour = flavour
    this.random = stream(seed, `laws/${flavour}`)
    this.unitS = this.oneOf([2 ** -6, 2 ** -6, 1, 16]) * (flavour === 'dyadic' ? 1 : 0.5 + this.random())
  }

  index(items: readonly unknown[]): number {
    return below(this.random, items.length)
  }

  oneOf<T>(items: readonly T[]): T {
    return items[this.index(items)]
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + below(this.random, high - low + 1)
  }

  chance(probability: number): boolean {
    return this.random() < probability
  }

  /** A whole number >= 1 with a long tail. */
  length(mean: number): number {
    return 1 + Math.floor(exponential(this.random, mean))
  }

  /** One of some multiples of `unit`, blurred where times are continuous. */
  amount(unit: number, multiples: readonly number[]): number {
    const exact = unit * this.oneOf(multiples)
    return this.flavour === 'dyadic' ? exact : exact * (0.5 + this.random())
  }
}
