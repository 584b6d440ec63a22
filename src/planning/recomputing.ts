import { contextRead } from '../latency/context.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { Jobs } from './jobs.ts'
import { costOf, type UnitPrices } from './least-price.ts'
import { beyondOf } from './lumps.ts'
import { cachedTokens, decodesOf, NO_WORK } from './work.ts'

/*
 * A request that is preempted is computed again, and the step that does so emits its next token: so a token may come
 * without a decode step, at the price of a prompt as long as what was there.
 */

/** Tokens that are taken together, as if each cost what the first does: so many to one, beyond those one by one. */
const RATIO = 1.05
const ONE_BY_ONE = 16

/**
 * The least cost of a request's tokens behind the first, each by a decode step or by computing again what of its prompt
 * and output no cache can hold.
 *
 * @param lumps the lengths of `beyond`
 */
export function leastOutputCost(
  prices: UnitPrices,
  kind: ReplicaKind,
  jobs: Jobs,
  job: number,
  lumps: readonly number[],
): number {
  const steps = decodesOf(kind, jobs, job)
  if (steps === 0) return 0
  const { decodes, context } = prices
  const { window } = kind.latency
  const batch = { sequences: 1, contextTokens: jobs.inputTokens[job], window }
  const readIn = (first: number) => contextRead(batch, first)
  const decodeCost = (step: number) => decodes + context * (readIn(step) - readIn(step - 1))
  const rest = jobs.inputTokens[job] - cachedTokens(kind, jobs, job, true)
  const againCost = (step: number) =>
    costOf(prices, { ...NO_WORK, tokens: rest + step, beyond: beyondOf(lumps, rest + step) })
  if (decodeCost(steps) <= againCost(1)) return decodes * steps + context * readIn(steps)
  let cost = 0
  for (let low = 1; low <= steps; ) {
    const next = Math.min(steps, low <= ONE_BY_ONE ? low : Math.floor(low * RATIO)) + 1
    cost += (next - low) * Math.min(decodeCost(low), againCost(low))
    low = next
  }
  return cost
}
