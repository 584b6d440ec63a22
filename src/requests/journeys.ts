import { type Column, Records } from './column.ts'

/** What became of a request at a replica before the one that `replica` names, kept while it is in flight. */
export class Journeys {
  readonly #records = new Records(-1, -1, 0, 0, 0, 0, Number.NaN, 0, 0, 0)
  /** Replica that computed its prompt, or -1 where it has stayed at one. */
  readonly prefillReplica: Column = this.#records.column(0)
  /** The one chosen to decode it, until its KV is there; else -1. */
  readonly decodeReplica: Column = this.#records.column(1)
  /** What it owes to replicas before: of its share the seconds, joules and grams, and their dollars. */
  readonly earlierS: Column = this.#records.column(2)
  readonly earlierUsd: Column = this.#records.column(3)
  readonly earlierJ: Column = this.#records.column(8)
  readonly earlierG: Column = this.#records.column(9)
  /** Seconds that its KV took from there, and would have taken alone. */
  readonly transferS: Column = this.#records.column(4)
  readonly transferAloneS: Column = this.#records.column(5)
  /** When the policy decided, where that was not on arrival; else NaN. */
  readonly sentS: Column = this.#records.column(6)
  /** Times that its client tried again. */
  readonly retries: Column = this.#records.column(7)

  clear(request: number): void {
    this.#records.clear(request)
  }
}
