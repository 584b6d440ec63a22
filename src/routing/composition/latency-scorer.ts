import type { ClusterView, ReplicaId, RequestView } from '../contract.ts'
import type { Candidates, PartSetup, Scorer } from './contract.ts'

/** How badly a replica is expected to miss, the least first: among those that miss, the lower are scored. */
const IN_TIME = 0
const MISSES_TPOT = 1
const MISSES_TTFT = 2
const MISSES_BOTH = 3

/**
 * By headroom: an objective less what is expected. Where some candidates have some, those alone score, the less the
 * higher (or the more); else the idle ones, or those that miss the least, the less they miss the higher.
 */
export function latencyScorer({ options, cluster: { replicas } }: PartSetup): Scorer {
  const { ttft_weight, tpot_weight, neg_headroom_ttft_weight, neg_headroom_tpot_weight } = options
  const isPacking = options.least_headroom === 1
  const headrooms = new Headrooms(replicas)
  return (request, cluster, candidates, scores) => {
    headrooms.read(request, cluster, candidates)
    if (headrooms.leastMiss === IN_TIME) {
      headrooms.blend(ttft_weight, tpot_weight, scores)
      if (isPacking) headrooms.turn(scores)
      return
    }
    headrooms.blend(neg_headroom_ttft_weight, neg_headroom_tpot_weight, scores)
  }
}

/** Seconds of headroom at the candidates, by place, and who of them are scored. */
class Headrooms {
  /** The least of the misses among those scored. */
  leastMiss = IN_TIME
  #count = 0
  readonly #ttftS: Float64Array
  readonly #tpotS: Float64Array
  /** 1 for those scored. */
  readonly #scored: Uint8Array

  constructor(replicas: number) {
    this.#ttftS = new Float64Array(replicas)
    this.#tpotS = new Float64Array(replicas)
    this.#scored = new Uint8Array(replicas)
  }

  read(request: RequestView, cluster: ClusterView, { ids, count }: Candidates): void {
    this.#count = count
    this.leastMiss = MISSES_BOTH
    for (let place = 0; place < count; place++) {
      this.#ttftS[place] = ttftHeadroomS(cluster, ids[place], request)
      this.#tpotS[place] = tpotHeadroomS(cluster, ids[place], request)
      this.leastMiss = Math.min(this.leastMiss, this.#missOf(place))
    }
    if (this.leastMiss === IN_TIME || !this.#keepIdle(cluster, ids)) this.#keepLeastMiss()
    if (this.leastMiss !== IN_TIME) this.#countMissesOnly()
  }

  #missOf(place: number): number {
    return (this.#ttftS[place] < 0 ? MISSES_TTFT : 0) + (this.#tpotS[place] < 0 ? MISSES_TPOT : 0)
  }

  /** What is kept makes up for nothing that is missed. */
  #countMissesOnly(): void {
    for (let place = 0; place < this.#count; place++) {
      this.#ttftS[place] = Math.min(0, this.#ttftS[place])
      this.#tpotS[place] = Math.min(0, this.#tpotS[place])
    }
  }

  /** @returns whether any is */
  #keepIdle(cluster: ClusterView, ids: Int32Array): boolean {
    let idle = 0
    for (let place = 0; place < this.#count; place++) {
      this.#scored[place] = cluster.outstandingRequests(ids[place]) === 0 ? 1 : 0
      idle += this.#scored[place]
    }
    return idle > 0
  }

  #keepLeastMiss(): void {
    for (let place = 0; place < this.#count; place++) {
      this.#scored[place] = this.#missOf(place) === this.leastMiss ? 1 : 0
    }
  }

  /** Scores from 0 at the least headroom to 1 at the most; 1 where all have the same. */
  blend(ttftWeight: number, tpotWeight: number, scores: Float64Array): void {
    scores.fill(0, 0, this.#count)
    const ttft = this.#addRanked(this.#ttftS, ttftWeight, scores)
    const tpot = this.#addRanked(this.#tpotS, tpotWeight, scores)
    const total = ttft + tpot
    for (let place = 0; place < this.#count; place++) {
      if (this.#scored[place] === 1) scores[place] = total > 0 ? Math.min(1, scores[place] / total) : 1
    }
  }

  /** The most headroom scores 0, the least 1. Where all score 1 they stay so. */
  turn(scores: Float64Array): void {
    let least = 1
    for (let place = 0; place < this.#count; place++) {
      if (this.#scored[place] === 1) least = Math.min(least, scores[place])
    }
    if (least === 1) return
    for (let place = 0; place < this.#count; place++) {
      if (this.#scored[place] === 1) scores[place] = 1 - scores[place]
    }
  }

  /** @returns the weight, or 0 where the headroom is the same at all */
  #addRanked(headroomS: Float64Array, weight: number, scores: Float64Array): number {
    let least = Number.POSITIVE_INFINITY
    let most = Number.NEGATIVE_INFINITY
    for (let place = 0; place < this.#count; place++) {
      if (this.#scored[place] === 0) continue
      least = Math.min(least, headroomS[place])
      most = Math.max(most, headroomS[place])
    }
    const range = most - least
    if (!(range > 0)) return 0
    for (let place = 0; place < this.#count; place++) {
      if (this.#scored[place] === 1) scores[place] += weight * ((headroomS[place] - least) / range)
    }
    return weight
  }
}

/** Where the end alone is promised, to the end. */
function ttftHeadroomS(cluster: ClusterView, replica: ReplicaId, request: RequestView): number {
  const { ttftS, e2eS } = request.slo
  if (ttftS === Number.POSITIVE_INFINITY && e2eS !== undefined)
    return e2eS - cluster.expectedE2eS(replica, request)
  return ttftS - cluster.expectedTtftS(replica, request)
}

/** 0 of an output that is expected to be of one token. */
function tpotHeadroomS(cluster: ClusterView, replica: ReplicaId, request: RequestView): number {
  if (request.predictedTokens <= 1) return 0
  return request.slo.tpotS - cluster.expectedTpotS(replica, request)
}
