import { type Random, stream } from '../../core/random.ts'
import { DrawnPlaces } from '../../experiments/drawn-places.ts'
import type { PlaceInRange } from '../../scenario/evidence.ts'

/** Draws that are spread over the ranges together. */
const BLOCK = 16

/**
 * What a draw takes the unknowns for: Latin hypercubes of 16 draws, one after another, so that more draws leave the
 * first ones as they are.
 */
export class Draws {
  readonly #seed: string | number
  readonly #blocks: DrawnPlaces[] = []

  constructor(seed: string | number) {
    this.#seed = seed
  }

  /** Where in their ranges estimates lie in a draw, numbered from 0. */
  placesOf(draw: number): PlaceInRange {
    const block = Math.floor(draw / BLOCK)
    for (let next = this.#blocks.length; next <= block; next++) {
      this.#blocks.push(new DrawnPlaces(BLOCK, `${this.#seed}/transition/${next}`))
    }
    return this.#blocks[block].of(draw % BLOCK)
  }

  /** Chance of a draw's prices of one kind of hardware. */
  pricesOf(draw: number, hardware: string): Random {
    return stream(this.#seed, `transition/prices/${hardware}/${draw}`)
  }
}

/** All estimates as they are given. */
export const AS_GIVEN: PlaceInRange = () => 0.5
