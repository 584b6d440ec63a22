import type { RequestTable } from '../requests/table.ts'
import type { TransferResult } from '../results/run-result.ts'

/** Gathers how long the KV of requests took from replica to replica. */
export class TransferRecord {
  #count = 0
  readonly #sums = new Float64Array(2)

  /** A request has ended whose KV was sent. */
  add(request: number, { journeys }: RequestTable): void {
    const takenS = journeys.transferS.at(request)
    this.#count++
    this.#sums[0] += takenS
    this.#sums[1] += takenS / journeys.transferAloneS.at(request)
  }

  result(): TransferResult {
    const [takenS, contention] = this.#sums
    return { count: this.#count, meanS: takenS / this.#count, meanContention: contention / this.#count }
  }
}
