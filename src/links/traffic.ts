/**
 * What each link has carried, and for how long. Folded only where transfers enter or leave; `until` figures are read
 * from there in closed form, so that reading changes nothing.
 */
export class Traffic {
  /** Of the transfers that have landed. */
  readonly bytes: Float64Array
  readonly #busyS: Float64Array
  readonly #transferS: Float64Array
  readonly #sinceS: Float64Array
  /** Transfers on each link. */
  readonly #transfers: Int32Array

  constructor(transfers: Int32Array) {
    this.#transfers = transfers
    this.bytes = new Float64Array(transfers.length)
    this.#busyS = new Float64Array(transfers.length)
    this.#transferS = new Float64Array(transfers.length)
    this.#sinceS = new Float64Array(transfers.length)
  }

  /** Called before the number of transfers on a link changes. */
  fold(link: number, nowS: number): void {
    this.#busyS[link] = this.busySUntil(link, nowS)
    this.#transferS[link] = this.transferSUntil(link, nowS)
    this.#sinceS[link] = nowS
  }

  busySUntil(link: number, nowS: number): number {
    return this.#busyS[link] + (this.#transfers[link] > 0 ? nowS - this.#sinceS[link] : 0)
  }

  transferSUntil(link: number, nowS: number): number {
    return this.#transferS[link] + this.#transfers[link] * (nowS - this.#sinceS[link])
  }
}
