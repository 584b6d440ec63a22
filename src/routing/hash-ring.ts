import type { OptionSpec } from '../core/options.ts'
import type { ReplicaId } from './contract.ts'

// Karger et al. 1997, "Consistent Hashing and Random Trees"; each replica at many points, as Chord's virtual nodes.

/** While points are sorted, their replicas are the lower bits of a double and their hashes the 32 above. */
const MOST_REPLICAS = 2 ** 21
const SEED_OF_REPLICAS = 0x52494e47

/** Points on a circle of 2^32, each of one replica; a hash belongs to the first point that is not before it. */
export interface HashRing {
  readonly points: number
  /** The point to which a hash of 32 bits belongs: O(1) expected. */
  pointOf(hash: number): number
  /** The next point on the circle. */
  after(point: number): number
  replicaAt(point: number): ReplicaId
}

/** The option that says how many points a replica has: shares of keys spread by 1 / sqrt of it about their mean. */
export function virtualNodes(usual: number): OptionSpec {
  return { about: 'points of each replica on the ring', default: usual, min: 1, max: 4096, whole: true }
}

/** A ring on which a replica's points depend on its number alone: one more replica takes keys and moves no others. */
export function hashRing(replicas: number, pointsEach: number): HashRing {
  const ring = pointsInOrder(replicas, pointsEach)
  const points = replicas * pointsEach
  const bits = Math.max(1, Math.floor(Math.log2(points)))
  const firsts = firstPoints(ring, bits)
  const shift = 32 - bits
  return {
    points,
    pointOf(hash) {
      let point = firsts[hash >>> shift]
      while (point < points && ring[2 * point] < hash) point++
      return point === points ? 0 : point
    },
    after: point => (point + 1 === points ? 0 : point + 1),
    replicaAt: point => ring[2 * point + 1],
  }
}

/**
 * A whole number mixed into 32 unsigned bits (a multiplication and the finaliser of MurmurHash3).
 *
 * @param seed tells apart what is numbered alike: under another, equal numbers have unrelated hashes
 */
export function hashed(key: number, seed: number): number {
  let hash = Math.imul(key, 0x9e3779b1) ^ seed
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Hash and replica of every point, one behind the other: by hash, where hashes are equal by replica. */
function pointsInOrder(replicas: number, pointsEach: number): Uint32Array {
  const both = new Float64Array(replicas * pointsEach)
  for (let replica = 0; replica < replicas; replica++) {
    const seed = hashed(replica, SEED_OF_REPLICAS)
    for (let i = 0; i < pointsEach; i++)
      both[replica * pointsEach + i] = hashed(i, seed) * MOST_REPLICAS + replica
  }
  both.sort()
  const ring = new Uint32Array(2 * both.length)
  for (let point = 0; point < both.length; point++) {
    ring[2 * point] = Math.floor(both[point] / MOST_REPLICAS)
    ring[2 * point + 1] = both[point] % MOST_REPLICAS
  }
  return ring
}

/** By the leading bits of a hash: the first point whose hash has those or greater ones. */
function firstPoints(ring: Uint32Array, bits: number): Int32Array {
  const firsts = new Int32Array(2 ** bits)
  let point = 0
  for (let leading = 0; leading < firsts.length; leading++) {
    while (2 * point < ring.length && ring[2 * point] >>> (32 - bits) < leading) point++
    firsts[leading] = point
  }
  return firsts
}
