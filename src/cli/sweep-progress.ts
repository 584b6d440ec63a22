import type { SweepProgress } from '../sweeps/sweep.ts'
import { Progress } from './progress.ts'

const MINUTE_S = 60
const HOUR_S = 3600
/** Cells before which the pace says little. */
const KNOWN_PACE = 3

/** A bar of finished cells with the time that is left at the pace so far. */
export class SweepBar {
  readonly #progress = new Progress(1)
  readonly #startMs = performance.now()

  show(progress: SweepProgress): void {
    const { finished, planned } = progress
    this.#progress.show(finished / planned, progressText(progress, this.#elapsedS()))
  }

  stop(): void {
    this.#progress.stop()
  }

  #elapsedS(): number {
    return (performance.now() - this.#startMs) / 1000
  }
}

/** `120 of 200 cells, 3 min left` */
export function progressText({ finished, planned, ran }: SweepProgress, elapsedS: number): string {
  const cells = `${finished} of ${planned} cells`
  if (ran < KNOWN_PACE || finished === planned) return cells
  return `${cells}, ${durationText(((planned - finished) * elapsedS) / ran)} left`
}

/** In the unit that tells most: `45 s`, `3 min`, `2.5 h`. */
export function durationText(seconds: number): string {
  if (seconds < 1.5 * MINUTE_S) return `${Math.ceil(seconds)} s`
  if (seconds < 1.5 * HOUR_S) return `${Math.ceil(seconds / MINUTE_S)} min`
  return `${(seconds / HOUR_S).toFixed(1)} h`
}
