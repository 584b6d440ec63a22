import type { Grid } from '../energy/grid.ts'

/** Seconds, joules at the node's wall and grams of one replica, busy and idle, committed so far. */
export class Meter {
  busyS = 0
  busyJ = 0
  busyG = 0
  /** Grams of the idle spells that are over. */
  idleG = 0
  /** Seconds in which others had its devices, in the spells that are over. */
  awayS = 0
  /** Times that it got them back. */
  returns = 0
  /** Grams per joule of the hour entered last, and that hour's end. */
  gramsPerJoule = 0
  hourEndS = 0
  readonly #idleWatts: number
  readonly #grid: Grid
  #idleFromS = 0
  /** NaN while it has its devices. */
  #awayFromS = Number.NaN

  constructor(idleWatts: number, grid: Grid) {
    this.#idleWatts = idleWatts
    this.#grid = grid
    this.hourEndS = Number.NEGATIVE_INFINITY
  }

  /** A step begins at `timeS` and is priced at its hour. Times never fall from call to call. */
  enterHourOf(timeS: number): void {
    if (timeS < this.hourEndS) return
    const hour = this.#grid.hourAt(timeS)
    this.gramsPerJoule = this.#grid.gramsPerJoule(hour)
    this.hourEndS = this.#grid.hourEndS(hour)
  }

  addJoules(joules: number): void {
    this.busyJ += joules
    this.busyG += joules * this.gramsPerJoule
  }

  startIdling(timeS: number): void {
    this.#idleFromS = timeS
  }

  stopIdling(timeS: number): void {
    this.idleG += this.idleGramsUntil(timeS)
  }

  /** Others have its devices from now on: it idles no longer. */
  leave(timeS: number): void {
    this.stopIdling(timeS)
    this.#awayFromS = timeS
  }

  /** It has its devices again, and idles. */
  comeBack(timeS: number): void {
    this.returns++
    this.awayS += timeS - this.#awayFromS
    this.#awayFromS = Number.NaN
    this.startIdling(timeS)
  }

  /** Seconds of the spell under way in which others have its devices. */
  awaySecondsUntil(timeS: number): number {
    return Number.isNaN(this.#awayFromS) ? 0 : timeS - this.#awayFromS
  }

  /** Grams of the idle spell under way. */
  idleGramsUntil(timeS: number): number {
    if (!Number.isNaN(this.#awayFromS)) return 0
    const grams = this.#grid.gramsPerWattUntil(timeS) - this.#grid.gramsPerWattUntil(this.#idleFromS)
    return this.#idleWatts * grams
  }

  /** Becomes a copy of the other's committed figures, to be read ahead without committing. */
  copy(other: Meter): void {
    this.busyS = other.busyS
    this.busyJ = other.busyJ
    this.busyG = other.busyG
    this.idleG = other.idleG
    this.awayS = other.awayS
    this.returns = other.returns
    this.gramsPerJoule = other.gramsPerJoule
    this.hourEndS = other.hourEndS
  }
}
