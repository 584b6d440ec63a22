/** A bucket that fills at a steady rate and is emptied by those that are let in: it is full at first. */
export class Bucket {
  readonly #rate: number
  readonly #most: number
  #level: number
  #asOfS = 0

  /** @param rate at which it fills, a second */
  constructor(rate: number, most: number) {
    this.#rate = rate
    this.#most = most
    this.#level = most
  }

  /** Takes so much out if it is there. A demand for more than it ever holds is met when it is full. */
  take(amount: number, nowS: number): boolean {
    this.#level = Math.min(this.#most, this.#level + (nowS - this.#asOfS) * this.#rate)
    this.#asOfS = nowS
    if (this.#level < Math.min(amount, this.#most)) return false
    this.#level -= amount
    return true
  }
}
