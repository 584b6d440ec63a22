import { meets } from '../within-slo.ts'
import { keep, keepMarked, mark, type Test } from './candidates.ts'
import type { Filter, PartSetup } from './contract.ts'

const isWithinSlo: Test = (cluster, replica, request) => meets(request, cluster, replica)

/** Keeps replicas where the request is expected to meet the objectives. Beside `reject`: early rejection. */
export function expectedWithinSlo(): Filter {
  return (request, cluster, candidates) => keep(candidates, cluster, request, isWithinSlo)
}

/**
 * Keeps those, or else, where no candidate is or by a small chance, the others, lest nobody learn that they are well
 * again.
 */
export function sloHeadroomTier({ options, random, cluster: { replicas } }: PartSetup): Filter {
  const { epsilon_explore_neg: explored } = options
  const marks = new Uint8Array(replicas)
  return (request, cluster, candidates) => {
    const meeting = mark(candidates, marks, cluster, request, isWithinSlo)
    if (meeting === 0 || meeting === candidates.count) return
    keepMarked(candidates, marks, random() < explored ? 0 : 1)
  }
}
