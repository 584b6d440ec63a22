const NONE = -1

/** Small whole numbers in the order in which they were last appended: a list whose links are kept by number. */
export class Recency {
  length = 0
  /** The one appended before all others, -1 when empty. */
  oldest = NONE
  #newest = NONE
  /** By number: its neighbours, the older one and the newer one. */
  #links = new Int32Array(64)

  /** Puts a number that is not in the list at its newer end. */
  append(number: number): void {
    if (2 * number >= this.#links.length) this.#growTo(number)
    const links = this.#links
    links[2 * number] = this.#newest
    links[2 * number + 1] = NONE
    if (this.#newest === NONE) this.oldest = number
    else links[2 * this.#newest + 1] = number
    this.#newest = number
    this.length++
  }

  remove(number: number): void {
    const links = this.#links
    const older = links[2 * number]
    const newer = links[2 * number + 1]
    if (older === NONE) this.oldest = newer
    else links[2 * older + 1] = newer
    if (newer === NONE) this.#newest = older
    else links[2 * newer] = older
    this.length--
  }

  /** Moves a number of the list to its newer end. */
  renew(number: number): void {
    this.remove(number)
    this.append(number)
  }

  #growTo(number: number): void {
    const links = new Int32Array(4 * number)
    links.set(this.#links)
    this.#links = links
  }
}
