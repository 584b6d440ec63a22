import type { Course, ReplicaKind } from '../src/index.ts'
import { type OrderName, orderFactory } from '../src/ordering/registry.ts'
import type { ScenarioInput } from './main-job.ts'
import { SHARED_BLOCK_TOKENS, sharing } from './sharing.ts'

/* What switches on one after the other of what few fleets have. */

const GIGA = 1e9
/** Of one context token of Llama-3.1-70B in bf16. */
const KV_BYTES = 327_680
const CHAT = 'chat'

/** Options that make each order do its work, by class or tenant. */
const ORDER_OPTIONS: Readonly<Partial<Record<OrderName, Readonly<Record<string, number>>>>> = {
  priority: { [CHAT]: 1, aging_s: 10 },
  edf: { [CHAT]: 10 },
  'least-slack': { [CHAT]: 10 },
}

export function orderedBy(name: OrderName): (kind: ReplicaKind) => ReplicaKind {
  const order = orderFactory(name, ORDER_OPTIONS[name] ?? {}, [CHAT])
  return kind => ({ ...kind, ...(order && { order }) })
}

export function swapped(kind: ReplicaKind): ReplicaKind {
  return { ...kind, swap: { bytesPerToken: KV_BYTES, bytesPerS: 50 * GIGA, mostTokens: 1e6 } }
}

/** Blocks shared as in Mooncake's trace, kept as long as there is room by every replica that prompts come to. */
export function prefixCached(course: Course): Course {
  const prefixCache = { bytesPerToken: KV_BYTES }
  return {
    ...course,
    arrivals: sharing(course.arrivals),
    prefixEntryTokens: SHARED_BLOCK_TOKENS,
    kinds: course.kinds.map(kind => (kind.role === 'decode' ? kind : { ...kind, prefixCache })),
  }
}

/** The first pool computes prompts, the others decode. */
export function disaggregated(input: ScenarioInput): ScenarioInput {
  return {
    ...input,
    disaggregation: { decode_at: 'prefill-end', layerwise: true, conversion_gb_per_s: 100 },
    fleet: input.fleet.map((pool, i) => ({ ...pool, role: i === 0 ? 'prefill' : 'decode' })),
  }
}
