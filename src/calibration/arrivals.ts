import type { Lengths } from '../arrivals/contract.ts'
import { ArrivalBlock } from '../arrivals/contract.ts'
import { generated } from '../arrivals/generate.ts'
import type { ArrivalRow } from '../arrivals/memory.ts'

/** Requests at a rate, with the bodies in turns: gaps of a gamma law whose shape is the burstiness, as benchmark tools draw them. */
export function gammaGaps(
  { ratePerS, burstiness }: { readonly ratePerS: number; readonly burstiness: number },
  bodies: readonly Lengths[],
  requests: number,
): ArrivalRow[] {
  const one = { kind: 'fixed', tokens: 1 } as const
  const gaps = { kind: 'gamma', ratePerS, cv: 1 / Math.sqrt(burstiness) } as const
  const source = generated({ className: 'all', requests, gaps, input: one, output: one }, 1)
  const block = new ArrivalBlock(requests)
  source.fill(block)
  return Array.from({ length: block.length }, (_, i) => ({
    arrivalS: block.arrivalS[i],
    ...bodies[i % bodies.length],
  }))
}
