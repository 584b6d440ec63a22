import { type Fact, GRADES, type Grade, type Stance } from './facts.ts'

/** Which direction of a fact makes the fleet faster, cheaper or thriftier. */
export type Better = 'high' | 'low'

/** A fact that a run rests on, and the value it took. */
export interface UsedFact {
  /** Id of the catalogue entry and path in it, such as `operators.gemm.bf16.memory`. */
  readonly name: string
  readonly fact: Fact
  readonly value: number
}

/** What a run rests on. */
export interface Evidence {
  readonly stance: Stance
  /** Of the weakest fact. */
  readonly grade: Grade
  readonly facts: readonly UsedFact[]
  /** Those graded `estimate`. */
  readonly estimates: readonly UsedFact[]
}

/**
 * Where in the range of an estimate its value lies, by the estimate's name: 0 at the low end, 1 at the high end, and
 * halfway as given, so that a uniform draw is as often above that as below.
 */
export type PlaceInRange = (name: string) => number

/** The value at a place in the range of an estimate. */
export function valueWithin({ value, low = value, high = value }: Fact, place: number): number {
  return place < 0.5 ? low + 2 * place * (value - low) : value + (2 * place - 1) * (high - value)
}

/** Takes facts for a run under a stance, and keeps account of them. */
export class FactReader {
  readonly #stance: Stance
  readonly #placeOf: PlaceInRange | undefined
  readonly #used = new Map<string, UsedFact>()

  /** @param placeOf of all estimates, in place of the stance */
  constructor(stance: Stance, placeOf?: PlaceInRange) {
    this.#stance = stance
    this.#placeOf = placeOf
  }

  /** The fact's value; of an estimate with a range, the end that the stance asks for. */
  take(name: string, fact: Fact, better: Better): number {
    const value = fact.grade === 'estimate' ? this.#estimate(name, fact, better) : fact.value
    this.#used.set(name, { name, fact, value })
    return value
  }

  evidence(): Evidence {
    const facts = [...this.#used.values()]
    const weakest = facts.reduce((least, { fact }) => Math.max(least, GRADES.indexOf(fact.grade)), 0)
    const estimates = facts.filter(({ fact }) => fact.grade === 'estimate')
    return { stance: this.#stance, grade: GRADES[weakest], facts, estimates }
  }

  #estimate(name: string, fact: Fact, better: Better): number {
    if (this.#placeOf !== undefined) return valueWithin(fact, this.#placeOf(name))
    if (this.#stance === 'given') return fact.value
    const wantsHigh = (this.#stance === 'optimistic') === (better === 'high')
    return (wantsHigh ? fact.high : fact.low) ?? fact.value
  }
}
