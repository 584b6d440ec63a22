import { contextRead } from '../latency/context.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { Jobs } from './jobs.ts'
import type { UnitPrices } from './least-price.ts'
import { cachedTokens, decodesOf } from './work.ts'

/*
 * A request that is preempted is computed again, and the step that does so emits its next token: so a token may come
 * without a decode step, at the price of a prompt as long as what was there.
 */

/**
 * The least cost of a request's tokens behind the first, each by a decode step or by computing again what of its prompt
 * and output no cache can hold.
 */
export function leastOutputCost(
  { decodes, context, tokens }: UnitPrices,
  kind: ReplicaKind,
  jobs: Jobs,
  job: number,
): number {
  const steps = decodesOf(kind, jobs, job)
  const input = jobs.inputTokens[job]
  const { window } = kind.latency
  const readIn = (first: number) => contextRead({ sequences: 1, contextTokens: input, window }, first)
  const decodeCost = (step: number) => decodes + context * (readIn(step) - readIn(step - 1))
  const rest = input - cachedTokens(kind, jobs, job, true)
  const againCost = (step: number) => tokens * (rest + step)
  if (steps === 0) return 0
  // From the first step on that is no dearer than computing again, decoding stays so: what it reads grows more slowly.
  if (tokens < context) return steps * Math.min(decodeCost(1), againCost(1))
  const first = firstWhere(steps, step => decodeCost(step) <= againCost(step))
  const again = first - 1
  const decoded = decodes * (steps - again) + context * (readIn(steps) - readIn(again))
  return tokens * (again * rest + (again * (again + 1)) / 2) + decoded
}

/** The least of 1 to `most` where it is so, or `most` + 1; once so, it stays so. */
function firstWhere(most: number, isSo: (step: number) => boolean): number {
  let low = 1
  let high = most + 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isSo(middle)) high = middle
    else low = middle + 1
  }
  return low
}
