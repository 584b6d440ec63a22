import type { ReplicaId } from '../contract.ts'
import type { PartSetup, Scorer } from './contract.ts'

const NOWHERE = -1

/** 1 for the replica to which the session's last request was sent, 0 for the others and for requests without one. */
export function sessionAffinity({ cluster, options, onSent }: PartSetup): Scorer {
  const memory = new SessionMemory(options.eviction_ttl_s)
  onSent(({ session }, replica) => {
    if (session >= 0) memory.remember(session, replica, cluster.nowS)
  })
  return ({ session }, _cluster, { ids, count }, scores) => {
    const last = session >= 0 ? memory.lastReplica(session, cluster.nowS) : NOWHERE
    for (let place = 0; place < count; place++) scores[place] = ids[place] === last ? 1 : 0
  }
}

/** Where sessions were last sent. One is forgotten between one and two lifetimes after its last request. */
class SessionMemory {
  readonly #lifetimeS: number
  #renewedS = 0
  #young = new Map<number, ReplicaId>()
  #old = new Map<number, ReplicaId>()

  constructor(lifetimeS: number) {
    this.#lifetimeS = lifetimeS
  }

  lastReplica(session: number, nowS: number): ReplicaId {
    this.#forget(nowS)
    return this.#young.get(session) ?? this.#old.get(session) ?? NOWHERE
  }

  remember(session: number, replica: ReplicaId, nowS: number): void {
    this.#forget(nowS)
    this.#young.set(session, replica)
  }

  /** A lifetime after the last time, what is old is forgotten and what is young is old; after two, all is forgotten. */
  #forget(nowS: number): void {
    const sinceS = nowS - this.#renewedS
    if (sinceS < this.#lifetimeS) return
    if (sinceS >= 2 * this.#lifetimeS) this.#young.clear()
    const forgotten = this.#old
    forgotten.clear()
    this.#old = this.#young
    this.#young = forgotten
    this.#renewedS = nowS
  }
}
