import { below, type Random } from '../core/random.ts'
import type { PolicySetup, ReplicaId } from './contract.ts'

/** The replicas among which to choose, in no order: those that are available, or all while none is. */
export class Choices {
  /** The available ones first. */
  readonly #replicas: Int32Array
  /** By replica: where in the list it is. */
  readonly #places: Int32Array
  #available: number

  constructor({ cluster, onAvailable }: Pick<PolicySetup, 'cluster' | 'onAvailable'>) {
    const { replicas } = cluster
    this.#replicas = Int32Array.from({ length: replicas }, (_, replica) => replica)
    this.#places = Int32Array.from(this.#replicas)
    this.#available = replicas
    onAvailable((replica, isAvailable) => (isAvailable ? this.#admit(replica) : this.#dismiss(replica)))
  }

  /** How many there are to choose from: at least one. */
  get count(): number {
    return this.isNoneAvailable ? this.#replicas.length : this.#available
  }

  get isNoneAvailable(): boolean {
    return this.#available === 0
  }

  /** The one at a place below the count. */
  at(place: number): ReplicaId {
    return this.#replicas[place]
  }

  /** Any of them, each as likely as the next. One draw. */
  draw(random: Random): ReplicaId {
    return this.#replicas[below(random, this.count)]
  }

  /** Has those at two places below the count change places. */
  swap(one: number, other: number): void {
    const replica = this.#replicas[one]
    this.#put(this.#replicas[other], one)
    this.#put(replica, other)
  }

  #admit(replica: ReplicaId): void {
    if (this.#places[replica] >= this.#available) this.swap(this.#places[replica], this.#available++)
  }

  #dismiss(replica: ReplicaId): void {
    if (this.#places[replica] < this.#available) this.swap(this.#places[replica], --this.#available)
  }

  #put(replica: ReplicaId, place: number): void {
    this.#replicas[place] = replica
    this.#places[replica] = place
  }
}
