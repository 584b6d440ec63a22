import type { DecodeBatch } from '../latency/contract.ts'

/** Whether the power cap binds in decode step `step` of a batch. */
export type CapTest = (batch: DecodeBatch, step: number) => boolean

/**
 * Of the next `steps` decode steps, at least 1, how many lie on the same side of the cap as the first, where power
 * crosses it at most once: found by bisection over the very test that prices a step.
 */
export function stepsToEdge(batch: DecodeBatch, steps: number, isCapped: CapTest): number {
  const first = isCapped(batch, 1)
  if (isCapped(batch, steps) === first) return steps
  let same = 1
  let other = steps
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2)
    if (isCapped(batch, middle) === first) same = middle
    else other = middle
  }
  return same
}
