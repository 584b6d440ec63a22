import type { Losses } from './contract.ts'

/** Something that a target could not say. */
export interface Loss {
  /** Completes "1,204 rows have ...". */
  readonly what: string
  readonly count: number
}

export class LossCounts implements Losses {
  readonly #counts = new Map<string, number>()

  add(what: string, count = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + count)
  }

  list(): Loss[] {
    return [...this.#counts].map(([what, count]) => ({ what, count }))
  }
}
