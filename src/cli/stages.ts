import { Progress } from './progress.ts'

/** Progress of work in stages of which each takes about so many runs. */
export class StagedProgress {
  readonly #progress: Progress
  #label = ''
  /** Runs that all stages so far were said to take, the last among them; and those of the last. */
  #until = 0
  #expected = 0
  #made = 0

  /** @param expected runs of all stages */
  constructor(expected: number) {
    this.#progress = new Progress(expected)
  }

  begin(label: string, expected: number): void {
    this.#label = label
    this.#until += expected
    this.#expected = expected
    this.#made = 0
  }

  ran(): void {
    this.#made++
    const left = Math.max(0, this.#expected - this.#made)
    this.#progress.show(this.#until - left, this.#label)
  }

  stop(): void {
    this.#progress.stop()
  }
}
