import type { Distribution } from './distribution.ts'
import { type RateCurve, RateSteps } from './rate-curve.ts'
import { Reals } from './reals.ts'
import { type WindowCounts, Windows } from './windows.ts'

/** Widths in seconds of the windows whose counts are compared. */
export const WINDOWS_S = [1, 10, 60] as const

/** When the requests of a trace come, or its sessions begin. */
export interface ArrivalTimes {
  readonly count: number
  /** From the first to the last. */
  readonly spanS: number
  readonly gapsS: Distribution
  /** One for each of `WINDOWS_S`. */
  readonly windows: readonly WindowCounts[]
  readonly curve: RateCurve
}

/** Gathers times in their order. */
export class Times {
  #count = 0
  #lastS = 0
  #firstS = 0
  readonly #gapsS = new Reals()
  readonly #windows = WINDOWS_S.map(windowS => new Windows(windowS))
  readonly #steps = new RateSteps()

  add(timeS: number): void {
    if (this.#count++ === 0) this.#firstS = timeS
    else this.#gapsS.add(timeS - this.#lastS)
    this.#lastS = timeS
    const sinceS = timeS - this.#firstS
    this.#steps.add(sinceS)
    for (let i = 0; i < WINDOWS_S.length; i++) this.#windows[i].add(sinceS)
  }

  times(): ArrivalTimes {
    return {
      count: this.#count,
      spanS: this.#lastS - this.#firstS,
      gapsS: this.#gapsS.distribution(),
      windows: this.#windows.map(windows => windows.counts()),
      curve: this.#steps.curve(),
    }
  }
}
