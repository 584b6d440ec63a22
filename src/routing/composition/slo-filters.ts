import { meets } from '../within-slo.ts'
import { keep, keepMarked, mark, type Test } from './candidates.ts'
import type { Filter, PartSetup } from './contract.ts'

/** Keeps replicas where the request is expected to meet the objectives. Beside `reject`: early rejection. */
export function expectedWithinSlo({ slo }: PartSetup): Filter {
  const test: Test = (cluster, replica, request) => meets(slo, cluster, replica, request)
  return (request, cluster, candidates) => keep(candidates, cluster, request, test)
}

/**
 * Keeps those, or else, where no candidate is or by a small chance, the others, lest nobody learn that they are well
 * again.
 */
export function sloHeadroomTier({ slo, options, random, cluster: { replicas } }: PartSetup): Filter {
  const { epsilon_explore_neg: explored } = options
  const marks = new Uint8Array(replicas)
  const test: Test = (cluster, replica, request) => meets(slo, cluster, replica, request)
  return (request, cluster, candidates) => {
    const meeting = mark(candidates, marks, cluster, request, test)
    if (meeting === 0 || meeting === candidates.count) return
    keepMarked(candidates, marks, random() < explored ? 0 : 1)
  }
}
