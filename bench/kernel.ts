import { measure } from 'mitata'
import { Calendar, ENDS } from '../src/core/calendar.ts'
import { type Actor, run } from '../src/core/loop.ts'
import { stream } from '../src/core/random.ts'
import type { Measurement } from './measurement.ts'

const EVENTS_PER_SAMPLE = 100_000
const GAPS = 2 ** 16

/** Actors that do nothing but move their slot by a random gap, as a replica moves its own. */
class Hopper implements Actor {
  readonly #actor: number
  readonly #calendar: Calendar
  readonly #gapsS: Float64Array
  readonly #left: Int32Array
  #hop: number

  constructor(actor: number, calendar: Calendar, gapsS: Float64Array, left: Int32Array) {
    this.#actor = actor
    this.#calendar = calendar
    this.#gapsS = gapsS
    this.#left = left
    this.#hop = actor * 31
    calendar.schedule(actor, gapsS[actor % GAPS], ENDS)
  }

  act(): void {
    this.#hop = (this.#hop + 1) % GAPS
    this.#calendar.timeS[this.#actor] = this.#calendar.clock[0] + this.#gapsS[this.#hop]
    this.#calendar.moved(this.#actor, ENDS)
    if (--this.#left[0] === 0) this.#calendar.pause()
  }
}

/** Events a second of the calendar and the loop alone: the median over samples of 100,000 events. */
export async function kernel(actors: number): Promise<Measurement> {
  const random = stream('bench', 'gaps')
  const gapsS = Float64Array.from({ length: GAPS }, () => -Math.log(1 - random()))
  const calendar = new Calendar(actors)
  const left = new Int32Array(1)
  const hoppers = Array.from({ length: actors }, (_, id) => new Hopper(id, calendar, gapsS, left))
  const { p50 } = await measure(() => {
    left[0] = EVENTS_PER_SAMPLE
    calendar.resume()
    run(calendar, hoppers)
  })
  return {
    unit: 'events',
    count: EVENTS_PER_SAMPLE,
    seconds: p50 / 1e9,
    cpuS: Number.NaN,
    preparationS: 0,
    events: EVENTS_PER_SAMPLE,
    preemptions: 0,
  }
}
