/**
 * A way for bytes that carries one load after another, in the order they were sent, each with all of its bandwidth. Its
 * times depend on the sequence of loads alone.
 */
export class Channel {
  /** All bytes ever sent. */
  bytes = 0
  readonly #bytesPerS: number
  #freeS = 0

  /** Throws a RangeError unless the bandwidth is above 0; Infinity is one. */
  constructor(bytesPerS: number) {
    if (!(bytesPerS > 0)) throw new RangeError(`a channel carries more than 0 bytes/s, not ${bytesPerS}`)
    this.#bytesPerS = bytesPerS
  }

  /** When all that was sent is there, in seconds; 0 where nothing was. */
  get freeS(): number {
    return this.#freeS
  }

  /** Seconds that it has carried, or has still to carry. */
  get busyS(): number {
    return this.bytes / this.#bytesPerS
  }

  /** Sends bytes, which wait for those sent before. @returns when they are there */
  finishS(nowS: number, bytes: number): number {
    this.bytes += bytes
    this.#freeS = Math.max(nowS, this.#freeS) + bytes / this.#bytesPerS
    return this.#freeS
  }
}
