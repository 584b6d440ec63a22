import type { Fleet } from './fleet.ts'
import type { Group } from './group.ts'

/** Which replicas have room for one request more, where requests wait until there is some. */
export class Rooms {
  readonly #fleet: Fleet
  /** Most requests outstanding, by replica. */
  readonly #most: readonly number[] | undefined
  /** Replicas with room, by the group that they are in. */
  readonly #open = new Map<Group, number>()
  #openGroups = 0
  /** The group that a replica is in, for those that requests come to. */
  readonly #groupOf: (Group | undefined)[] = []

  constructor(fleet: Fleet, most: readonly number[] | undefined) {
    this.#fleet = fleet
    this.#most = most
    for (const group of fleet.entries) {
      this.#open.set(group, group.members.length)
      if (group.members.length > 0) this.#openGroups++
      for (const { id } of group.members) this.#groupOf[id] = group
    }
  }

  /** Whether any replica at all has room. */
  get isAnyOpen(): boolean {
    return this.#most === undefined || this.#openGroups > 0
  }

  /** Whether any replica of the group has room. */
  isOpen(group: Group): boolean {
    return this.#most === undefined || this.#open.get(group)! > 0
  }

  /** The requests outstanding at a replica have become more or fewer. */
  mind(replica: number): void {
    const group = this.#groupOf[replica]
    if (this.#most === undefined || group === undefined) return
    const { loads } = this.#fleet
    const isFull = loads.requests[replica] >= this.#most[replica]
    if (isFull === (loads.closed[replica] === 1)) return
    loads.close(replica, isFull)
    const before = this.#open.get(group)!
    const after = before + (isFull ? -1 : 1)
    this.#open.set(group, after)
    if (before === 0 || after === 0) this.#openGroups += isFull ? -1 : 1
  }
}
