import { type Calendar, DECISIONS } from '../core/calendar.ts'
import type { Actor } from '../core/loop.ts'
import type { Recorder } from './recorder.ts'

/** Opens the window when warm-up is over, watches the queue and samples while there is work. It only looks. */
export class Observer implements Actor {
  readonly #actor: number
  readonly #calendar: Calendar
  readonly #recorder: Recorder
  readonly #warmupS: number
  readonly #sampleS: number
  readonly #isWorkLeft: () => boolean
  #samples = 0
  #isOpen = false

  constructor(
    actor: number,
    calendar: Calendar,
    recorder: Recorder,
    warmupS: number,
    sampleS: number,
    isWorkLeft: () => boolean,
  ) {
    this.#actor = actor
    this.#calendar = calendar
    this.#recorder = recorder
    this.#warmupS = warmupS
    this.#sampleS = sampleS
    this.#isWorkLeft = isWorkLeft
    calendar.schedule(actor, Math.min(warmupS, sampleS), DECISIONS)
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  act(): void {
    const nowS = this.#calendar.clock[0]
    if (!this.#isOpen && nowS >= this.#warmupS) {
      this.#isOpen = true
      this.#recorder.open()
    }
    if (nowS >= this.#recorder.queue.nextS) this.#recorder.look()
    if (nowS >= this.#nextSampleS) {
      this.#recorder.sample(this.#sampleS)
      this.#samples++
      if (!this.#isWorkLeft()) return this.#calendar.sleep(this.#actor)
    }
    const opensS = this.#isOpen ? Number.POSITIVE_INFINITY : this.#warmupS
    const nextS = Math.min(opensS, this.#nextSampleS, this.#recorder.queue.nextS)
    this.#calendar.schedule(this.#actor, nextS, DECISIONS)
  }

  get #nextSampleS(): number {
    return (this.#samples + 1) * this.#sampleS
  }
}
