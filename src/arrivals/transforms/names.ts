import { UserError } from '../../core/errors.ts'

/** Class ids are bytes. */
export const MOST_CLASSES = 256

/** Names in the order in which they first came, for sources whose own lists may grow. */
export class Names {
  readonly list: string[] = []
  readonly #what: string
  readonly #most: number
  readonly #ids = new Map<string, number>()

  /** @param what they name, for the message when they become more than `most` */
  constructor(what: string, most = Number.POSITIVE_INFINITY) {
    this.#what = what
    this.#most = most
  }

  /** The id of a name, a new one at its first time. Throws a UserError where there are too many. */
  idOf(name: string): number {
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    if (this.list.length === this.#most) {
      throw new UserError(
        `'${name}' is one more than ${this.#most} ${this.#what}; must be at most ${this.#most}`,
      )
    }
    this.#ids.set(name, this.list.length)
    return this.list.push(name) - 1
  }
}

/** The ids of a source's list of names in another list, which gains those that it lacks as they turn up. */
export class Renaming {
  readonly #from: readonly string[]
  readonly #to: Names
  readonly #ids: number[] = []

  constructor(from: readonly string[], to: Names) {
    this.#from = from
    this.#to = to
    this.catchUp(from.length)
  }

  /** The id there of an id here. */
  at(id: number): number {
    if (id >= this.#ids.length) this.catchUp(id + 1)
    return this.#ids[id]
  }

  /** Makes sure of the names of the first `count` ids. */
  catchUp(count: number): void {
    for (let id = this.#ids.length; id < count; id++) this.#ids.push(this.#to.idOf(this.#from[id]))
  }
}
