import type { Random } from '../core/random.ts'
import type { LeastLoaded, ReplicaId } from './contract.ts'

const NOT_A_MEMBER = -1

/**
 * A tree over some replicas whose nodes hold the least measure below them and how many members have it.
 * `update` stops at the first node that stays as it was; nothing is allocated after construction.
 */
export class LoadIndex implements LeastLoaded {
  readonly #members: Int32Array
  /** Leaf of each replica. */
  readonly #leaf: Int32Array
  /** least[1] is the least of all; leaves without a member hold Infinity and count as no tie. */
  readonly #least: Float64Array
  readonly #ties: Int32Array
  readonly #leaves: number
  /** By place among the members. */
  readonly #measures: Float64Array
  readonly #closed: Uint8Array
  /** Of the measures that are finite. */
  readonly #total = new Float64Array(1)

  /**
   * All measures are 0 at first, and all members open.
   *
   * @param members replicas to keep in order, each once; their order is the order of `first`
   * @param replicas replicas in the fleet
   */
  constructor(members: readonly ReplicaId[], replicas: number) {
    if (members.length === 0) throw new RangeError('an index needs at least one replica')
    const leaves = 2 ** Math.ceil(Math.log2(members.length))
    this.#leaves = leaves
    this.#members = Int32Array.from(members)
    this.#leaf = new Int32Array(replicas).fill(NOT_A_MEMBER)
    this.#least = new Float64Array(2 * leaves).fill(Number.POSITIVE_INFINITY)
    this.#ties = new Int32Array(2 * leaves)
    this.#measures = new Float64Array(members.length)
    this.#closed = new Uint8Array(members.length)
    for (let i = 0; i < members.length; i++) {
      this.#leaf[members[i]] = leaves + i
      this.#least[leaves + i] = 0
      this.#ties[leaves + i] = 1
    }
    for (let node = leaves - 1; node > 0; node--) this.#settle(node)
  }

  /** The replicas that it keeps in order. */
  get members(): Iterable<ReplicaId> {
    return this.#members
  }

  /** Tells the replica's measure, which is not NaN. A replica that is not a member is ignored. */
  update(replica: ReplicaId, value: number): void {
    const leaf = this.#leaf[replica]
    if (leaf === NOT_A_MEMBER) return
    const place = leaf - this.#leaves
    const known = this.#measures[place]
    if (known === value) return
    this.#total[0] += finite(value) - finite(known)
    this.#measures[place] = value
    if (this.#closed[place] === 0) this.#weigh(leaf, value)
  }

  /** A closed member is passed over while one is open: as if its measure were infinite. It counts in the total. */
  close(replica: ReplicaId, isClosed: boolean): void {
    const leaf = this.#leaf[replica]
    if (leaf === NOT_A_MEMBER) return
    const place = leaf - this.#leaves
    this.#closed[place] = isClosed ? 1 : 0
    this.#weigh(leaf, isClosed ? Number.POSITIVE_INFINITY : this.#measures[place])
  }

  /** One draw, whether or not there are ties. */
  pick(random: Random): ReplicaId {
    return this.#tie(Math.floor(random() * this.#ties[1]))
  }

  /** A replica whose measure is infinite adds nothing. */
  total(): number {
    return this.#total[0]
  }

  /** The first in order of the members among those with the least of the measure. */
  first(): ReplicaId {
    return this.#tie(0)
  }

  #tie(rank: number): ReplicaId {
    const least = this.#least
    const leaves = this.#leaves
    let node = 1
    while (node < leaves) {
      node *= 2
      if (least[node] > least[1]) node++
      else if (rank >= this.#ties[node]) rank -= this.#ties[node++]
    }
    return this.#members[node - leaves]
  }

  #weigh(leaf: number, value: number): void {
    if (this.#least[leaf] === value) return
    this.#least[leaf] = value
    for (let node = leaf >> 1; node > 0; node >>= 1) {
      if (!this.#settle(node)) return
    }
  }

  /** Derives a node from the two below it; whether it changed. */
  #settle(node: number): boolean {
    const left = this.#least[2 * node]
    const right = this.#least[2 * node + 1]
    const least = Math.min(left, right)
    const ties =
      (left === least ? this.#ties[2 * node] : 0) + (right === least ? this.#ties[2 * node + 1] : 0)
    if (this.#least[node] === least && this.#ties[node] === ties) return false
    this.#least[node] = least
    this.#ties[node] = ties
    return true
  }
}

function finite(value: number): number {
  return value === Number.POSITIVE_INFINITY ? 0 : value
}
