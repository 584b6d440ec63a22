import { candidatesOf, readmit } from '../../../src/routing/composition/candidates.ts'
import { compositionEntry } from '../../../src/routing/composition/composed.ts'
import type { Candidates, Composition, Labels, PartSetup } from '../../../src/routing/composition/contract.ts'
import { partNamed, type Role, resolvedOptions } from '../../../src/routing/composition/parts.ts'
import type { RequestView } from '../../../src/routing/contract.ts'
import { type Decide, deciding, type FakeCluster, request } from '../fake-cluster.ts'

type Told = (request: RequestView, replica: number) => void

interface Given {
  readonly options?: Readonly<Record<string, number>>
  readonly labels?: Labels
  readonly random?: () => number
  readonly told?: Told[]
}

/** A part by itself, with options as a scenario would give them. */
export function part<R extends Role>(role: R, name: string, cluster: FakeCluster, given: Given = {}) {
  const { options = {}, labels = {}, told = [] } = given
  const { random } = cluster.setup()
  const setup: PartSetup = {
    cluster,
    random: given.random ?? random,
    options: resolvedOptions(role, { name, options, labels }),
    labels,
    onSent: listener => told.push(listener),
  }
  return partNamed(role, name).make(setup)
}

export function everyone(cluster: FakeCluster): Candidates {
  const candidates = candidatesOf(cluster.replicas)
  readmit(candidates, cluster)
  return candidates
}

export function listOf({ ids, count }: Candidates): number[] {
  return [...ids.subarray(0, count)]
}

/** Scores of all replicas for a request. */
export function scoresOf(name: string, cluster: FakeCluster, given: Given = {}, view = request()): number[] {
  const candidates = everyone(cluster)
  const scores = new Float64Array(cluster.replicas)
  part('scorer', name, cluster, given)(view, cluster, candidates, scores)
  return [...scores]
}

/** Who is left of all replicas. */
export function keptBy(name: string, cluster: FakeCluster, given: Given = {}, view = request()): number[] {
  const candidates = everyone(cluster)
  part('filter', name, cluster, given)(view, cluster, candidates)
  return listOf(candidates)
}

const NAMED = (name: string) => ({ name, options: {} })

export function composition(given: {
  readonly filters?: Composition['filters']
  readonly scorers?: Readonly<Record<string, number>>
  readonly picker?: string | Composition['picker']
  readonly whenNone?: Composition['whenNone']
}): Composition {
  const { filters = [], scorers = {}, picker = 'max-score-picker', whenNone } = given
  return {
    filters,
    scorers: Object.entries(scorers).map(([name, weight]) => ({ ...NAMED(name), weight })),
    picker: typeof picker === 'string' ? NAMED(picker) : picker,
    ...(whenNone === undefined ? {} : { whenNone }),
  }
}

export function composedOn(cluster: FakeCluster, spec: Composition, seed = 'seed'): Decide {
  return deciding('mine', cluster, { seed }, compositionEntry(spec))
}
