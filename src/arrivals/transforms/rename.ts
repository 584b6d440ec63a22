import { UserError } from '../../core/errors.ts'
import type { ArrivalSource } from '../contract.ts'
import { mapped } from '../mapped.ts'

/** Lists of names that ids index. */
export interface NameLists {
  readonly classes: readonly string[]
  readonly tenants: readonly string[]
}

/**
 * The same rows under the ids of other lists of names, for a reader that learns the names in another order. Throws a
 * UserError at a name that is not on them.
 */
export function inNames(source: ArrivalSource, { classes, tenants }: NameLists): ArrivalSource {
  const classIds = new Ids('class', classes)
  const tenantIds = new Ids('tenant', tenants)
  const renamed = mapped(source, ({ length, classId, details }) => {
    if (!classIds.areThoseOf(source.classes)) classIds.rename(classId, length)
    if (details && !tenantIds.areThoseOf(source.tenants ?? [])) tenantIds.rename(details.tenantId, length)
  })
  return { ...renamed, classes, ...(tenants.length > 0 && { tenants }) }
}

/** From the ids of a list that may grow to those of another. */
class Ids {
  readonly #what: string
  readonly #to: readonly string[]
  readonly #ids: number[] = []
  #areSame = true

  constructor(what: string, to: readonly string[]) {
    this.#what = what
    this.#to = to
  }

  /** Learns the names that are new; says whether all so far have the same ids in both lists. */
  areThoseOf(from: readonly string[]): boolean {
    for (let id = this.#ids.length; id < from.length; id++) {
      const there = this.#to.indexOf(from[id])
      this.#ids.push(there)
      this.#areSame &&= there === id
    }
    return this.#areSame
  }

  /** Leaves rows without an id alone. */
  rename(column: Int32Array | Uint8Array, rows: number): void {
    for (let row = 0; row < rows; row++) {
      if (column[row] < 0) continue
      const id = this.#ids[column[row]]
      if (id < 0) throw new UserError(`the workload names a ${this.#what} that its first reading did not`)
      column[row] = id
    }
  }
}
