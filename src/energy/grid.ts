import type { CarbonIntensity } from './contract.ts'

const JOULES_PER_KWH = 3.6e6
const HOUR_S = 3600

/** Grams of CO2 per joule at the node's wall, PUE included, hour by hour. */
export class Grid {
  readonly #gramsPerJoule: Float64Array
  /** Sum over the first h hours of grams per joule. */
  readonly #before: Float64Array

  constructor(carbon: CarbonIntensity, pue: number) {
    this.#gramsPerJoule = Float64Array.from(carbon.gramsPerKwh, grams => (grams * pue) / JOULES_PER_KWH)
    this.#before = new Float64Array(this.#gramsPerJoule.length + 1)
    this.#gramsPerJoule.forEach((grams, hour) => {
      this.#before[hour + 1] = this.#before[hour] + grams
    })
  }

  /** @param hour whole hours from the start of the run */
  gramsPerJoule(hour: number): number {
    return this.#gramsPerJoule[hour % this.#gramsPerJoule.length]
  }

  /** When the intensity may change after `hour`; never on a constant grid. */
  hourEndS(hour: number): number {
    return this.#gramsPerJoule.length === 1 ? Number.POSITIVE_INFINITY : (hour + 1) * HOUR_S
  }

  /** The hour that an instant lies in. */
  hourAt(timeS: number): number {
    return this.#gramsPerJoule.length === 1 ? 0 : Math.floor(timeS / HOUR_S)
  }

  /** Grams from time 0 to `timeS` of a constant watt. */
  gramsPerWattUntil(timeS: number): number {
    const hours = this.#gramsPerJoule.length
    if (hours === 1) return this.#gramsPerJoule[0] * timeS
    const hour = Math.floor(timeS / HOUR_S)
    const cycles = Math.floor(hour / hours)
    const place = hour - cycles * hours
    return (
      HOUR_S * (cycles * this.#before[hours] + this.#before[place]) +
      (timeS - hour * HOUR_S) * this.#gramsPerJoule[place]
    )
  }
}
