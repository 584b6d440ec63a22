import type { Highs } from 'highs'
import { type Row, solved, type Terms } from '../core/linear-program.ts'
import { normalised, type SizeBucket } from './size-buckets.ts'

/** How many requests of a bucket come, and what replicas can do of them; some kind can serve it. */
export interface Demand extends Pick<SizeBucket, 'ratesPerS'> {
  readonly requestsPerS: number
}

export interface KindOfReplicas {
  readonly replicas: number
  /** Of a replica's busy second, in any unit that kinds have in common. */
  readonly price: number
}

/** How much dearer it is that the busiest kind is above the bound, by 1, than all else together. */
const OVERLOAD_PRICE = 1000

/**
 * Shares of every bucket's requests that go to each kind, which sum to 1: those of least price by which no kind is
 * busier than `mostBusy`, or is so by as little as can be. The assignment of Mélange with the fleet given, so
 * that of its integer program a linear one is left.
 */
export function bucketShares(
  highs: Highs,
  buckets: readonly Demand[],
  kinds: readonly KindOfReplicas[],
  mostBusy: number,
): Float64Array[] {
  const all = buckets.flatMap((bucket, number) => variablesOf(bucket, number, kinds))
  const scale = all.reduce((sum, { price }) => sum + price, 0) || 1
  const overload = buckets.length * kinds.length
  const objective: Terms = [
    ...all.map(({ variable, price }) => [variable, price / scale] as const),
    [overload, OVERLOAD_PRICE],
  ]
  const served = buckets.map((_, number): Row => {
    const own = all.filter(({ bucket }) => bucket === number)
    return { terms: own.map(({ variable }) => [variable, 1]), relation: '>=', bound: 1 }
  })
  const busy = kinds.map((_, number): Row => {
    const own = all.filter(({ kind }) => kind === number)
    const terms: Terms = [...own.map(({ variable, busy }) => [variable, busy] as const), [overload, -1]]
    return { terms, relation: '<=', bound: mostBusy }
  })
  const solution = solved(highs, { goal: 'Minimize', objective, rows: [...served, ...busy] })
  return buckets.map((_, number) =>
    normalised(Float64Array.from(kinds, (_, kind) => solution.valueOf(number * kinds.length + kind))),
  )
}

/** One for every kind that can serve the bucket: what of the kind it would take if all went there. */
function variablesOf({ requestsPerS, ratesPerS }: Demand, bucket: number, kinds: readonly KindOfReplicas[]) {
  return kinds.flatMap(({ replicas, price }, kind) => {
    if (ratesPerS[kind] === 0) return []
    const busyReplicas = requestsPerS / ratesPerS[kind]
    const variable = bucket * kinds.length + kind
    return [{ variable, bucket, kind, busy: busyReplicas / replicas, price: busyReplicas * price }]
  })
}
