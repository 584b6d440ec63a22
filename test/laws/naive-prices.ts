import type { DecodeBatch, LatencyModel } from '../../src/latency/contract.ts'
import type { Chunk } from '../latency/steps.ts'

/** Seconds of one step, worked out apart from the model: decodes before the step, and chunks. */
export type NaivePrice = (batch: DecodeBatch, chunks: readonly Chunk[]) => number

const prices = new WeakMap<LatencyModel, NaivePrice>()

/** The model, which the naive stepper prices by its own means. */
export function pricedBy<M extends LatencyModel>(latency: M, price: NaivePrice): M {
  prices.set(latency, price)
  return latency
}

/** How the naive stepper prices the model's steps; undefined where it must ask the model. */
export function naivePriceOf(latency: LatencyModel): NaivePrice | undefined {
  return prices.get(latency)
}
