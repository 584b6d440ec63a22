import type { ClusterView, ReplicaId, RequestView } from '../contract.ts'
import type { Candidates, PartSetup, Scorer } from './contract.ts'

/**
 * Spreads prompts that nobody holds, so that caches fill evenly: first replicas that never got one, in order, then
 * those that got one longest ago. A prompt that some candidate holds says nothing: all score 0.5.
 */
export function noHitLru({ cluster: { replicas }, onSent }: PartSetup): Scorer {
  const used = new LeastRecentlyUsed(replicas)
  let isCold = false
  onSent((_request, replica) => {
    if (isCold) used.use(replica)
  })
  return (request, cluster, candidates, scores) => {
    isCold = !isHeld(candidates, cluster, request)
    if (isCold) byRank(candidates, used, scores)
    else scores.fill(0.5, 0, candidates.count)
  }
}

function isHeld({ ids, count }: Candidates, cluster: ClusterView, request: RequestView): boolean {
  for (let place = 0; place < count; place++) {
    if (cluster.prefixHitTokens(ids[place], request) > 0) return true
  }
  return false
}

function byRank({ ids, count }: Candidates, used: LeastRecentlyUsed, scores: Float64Array): void {
  const unused = used.rank(ids, count)
  const last = Math.max(1, count - 1)
  let rank = 0
  for (let place = 0; place < count; place++) {
    const after = used.ranks[ids[place]]
    scores[place] = Math.max(0, 1 - (after < 0 ? rank++ : unused + after) / last)
  }
}

/** A ring of those used, from the one used longest ago to the last; what was never used is not in it. */
class LeastRecentlyUsed {
  /** By replica: place among those used, from 0 for the one used longest ago; -1 for those never used. */
  readonly ranks: Int32Array
  readonly #next: Int32Array
  readonly #previous: Int32Array
  readonly #head: number

  constructor(replicas: number) {
    this.ranks = new Int32Array(replicas).fill(-1)
    this.#head = replicas
    this.#next = new Int32Array(replicas + 1).fill(replicas)
    this.#previous = new Int32Array(replicas + 1).fill(replicas)
  }

  use(replica: ReplicaId): void {
    const next = this.#next
    const previous = this.#previous
    if (this.ranks[replica] >= 0) {
      next[previous[replica]] = next[replica]
      previous[next[replica]] = previous[replica]
    }
    previous[replica] = previous[this.#head]
    next[replica] = this.#head
    next[previous[replica]] = replica
    previous[this.#head] = replica
    this.ranks[replica] = 0
  }

  /** Writes `ranks`. @returns how many of these were never used */
  rank(ids: Int32Array, count: number): number {
    let rank = 0
    for (let used = this.#next[this.#head]; used !== this.#head; used = this.#next[used]) {
      this.ranks[used] = rank++
    }
    let unused = 0
    for (let place = 0; place < count; place++) if (this.ranks[ids[place]] < 0) unused++
    return unused
  }
}
