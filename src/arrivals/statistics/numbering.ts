const FREE = -1
const FULLEST = 0.6

/** Numbers whole numbers >= 0 from 0 on in the order they first come: a hash table with open addressing. */
export class Numbering {
  #keys = new Int32Array(1024).fill(FREE)
  #numbers = new Int32Array(1024)
  #size = 0

  /** How many have been numbered. */
  get size(): number {
    return this.#size
  }

  /** The key's number; a new one gets the number `size` had. */
  of(key: number): number {
    let place = this.#placeOf(key)
    if (this.#keys[place] === key) return this.#numbers[place]
    if (this.#size >= FULLEST * this.#keys.length) {
      this.#grow()
      place = this.#placeOf(key)
    }
    this.#keys[place] = key
    this.#numbers[place] = this.#size
    return this.#size++
  }

  /** Where the key is, or where it would go. */
  #placeOf(key: number): number {
    const mask = this.#keys.length - 1
    const mixed = Math.imul(key ^ (key >>> 15), 0x9e3779b1)
    let place = (mixed ^ (mixed >>> 16)) & mask
    while (this.#keys[place] !== FREE && this.#keys[place] !== key) place = (place + 1) & mask
    return place
  }

  #grow(): void {
    const [keys, numbers] = [this.#keys, this.#numbers]
    this.#keys = new Int32Array(2 * keys.length).fill(FREE)
    this.#numbers = new Int32Array(2 * keys.length)
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === FREE) continue
      const place = this.#placeOf(keys[i])
      this.#keys[place] = keys[i]
      this.#numbers[place] = numbers[i]
    }
  }
}

/** A column that grows as numbers are given out. */
export function fitting<T extends Int32Array | Float64Array>(column: T, index: number): T {
  if (index < column.length) return column
  const more = new (column.constructor as new (length: number) => T)(Math.max(2 * column.length, index + 1))
  more.set(column)
  return more
}
