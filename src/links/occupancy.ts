import { grown } from '../core/grown.ts'
import type { LinkSpec } from './contract.ts'

const NONE = -1

/**
 * Who is on each link, and what each of them gets: an equal share. A transfer has two seats, `2 * slot` on the link
 * where it enters and `2 * slot + 1` on the one where it leaves; where both are one link it takes the first only.
 */
export class Occupancy {
  /** Transfers on each link. */
  readonly transfers: Int32Array
  /** What each of them gets of it; the whole of it where there is none. */
  readonly shareBytesPerS: Float64Array
  readonly #bytesPerS: Float64Array
  /** First seat taken on each link, and the neighbours of each seat. */
  readonly #first: Int32Array
  #next = new Int32Array(0)
  #previous = new Int32Array(0)

  constructor(links: readonly LinkSpec[]) {
    this.transfers = new Int32Array(links.length)
    this.#bytesPerS = Float64Array.from(links, link => link.bytesPerS)
    this.shareBytesPerS = this.#bytesPerS.slice()
    this.#first = new Int32Array(links.length).fill(NONE)
  }

  /** Makes room for slots below `capacity`. */
  reserve(capacity: number): void {
    if (2 * capacity <= this.#next.length) return
    this.#next = grown(this.#next, new Int32Array(2 * capacity))
    this.#previous = grown(this.#previous, new Int32Array(2 * capacity))
  }

  /** The first seat taken on a link, or -1. */
  first(link: number): number {
    return this.#first[link]
  }

  /** The one taken after it, or -1. */
  next(seat: number): number {
    return this.#next[seat]
  }

  sit(link: number, seat: number): void {
    const first = this.#first[link]
    this.#next[seat] = first
    this.#previous[seat] = NONE
    if (first !== NONE) this.#previous[first] = seat
    this.#first[link] = seat
    this.#share(link, this.transfers[link] + 1)
  }

  rise(link: number, seat: number): void {
    const next = this.#next[seat]
    const previous = this.#previous[seat]
    if (next !== NONE) this.#previous[next] = previous
    if (previous === NONE) this.#first[link] = next
    else this.#next[previous] = next
    this.#share(link, this.transfers[link] - 1)
  }

  #share(link: number, transfers: number): void {
    this.transfers[link] = transfers
    this.shareBytesPerS[link] = this.#bytesPerS[link] / Math.max(1, transfers)
  }
}
