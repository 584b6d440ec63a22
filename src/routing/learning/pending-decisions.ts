import type { ReplicaId } from '../contract.ts'

/** So many decisions are kept; those of requests that get lost are written over. */
const KEPT = 2 ** 16
const NONE = -1

/** What was known when requests were sent, until they have ended: some numbers each, for the last 65,536 requests. */
export class PendingDecisions {
  readonly values: Float64Array
  readonly #width: number
  /** By place, which is the number of the request, modulo. */
  readonly #requests = new Float64Array(KEPT).fill(NONE)
  readonly #replicas = new Int32Array(KEPT)

  constructor(width: number) {
    this.#width = width
    this.values = new Float64Array(KEPT * width)
  }

  /** Keeps `width` of the values, from `at` on. */
  keep(request: number, replica: ReplicaId, values: Float64Array, at: number): void {
    const place = request % KEPT
    this.#requests[place] = request
    this.#replicas[place] = replica
    for (let i = 0; i < this.#width; i++) this.values[place * this.#width + i] = values[at + i]
  }

  /** Gives up what is kept of the request. @returns where it begins in `values`, void once others are kept; or -1 */
  release(request: number, replica: ReplicaId): number {
    const place = request % KEPT
    if (this.#requests[place] !== request || this.#replicas[place] !== replica) return NONE
    this.#requests[place] = NONE
    return place * this.#width
  }
}
