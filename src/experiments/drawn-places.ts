import { stream } from '../core/random.ts'
import type { PlaceInRange } from '../scenario/evidence.ts'
import { latinHypercube } from '../statistics/latin-hypercube.ts'

/**
 * Draws of what is not known of the hardware: of each estimate one in every equal part of its range, in an order of its
 * own (Latin hypercube). An estimate has the same draws in every scenario of one seed.
 */
export class DrawnPlaces {
  readonly #draws: number
  readonly #seed: string | number
  readonly #places = new Map<string, readonly Float64Array[]>()

  constructor(draws: number, seed: string | number) {
    this.#draws = draws
    this.#seed = seed
  }

  /** Of a draw, numbered from 0. */
  of(draw: number): PlaceInRange {
    return name => this.#placesOf(name)[draw][0]
  }

  #placesOf(name: string): readonly Float64Array[] {
    const known = this.#places.get(name)
    const places = known ?? latinHypercube(this.#draws, 1, stream(this.#seed, `estimates/${name}`))
    this.#places.set(name, places)
    return places
  }
}
