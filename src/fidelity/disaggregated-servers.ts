import type { Handoff } from '../fleet/course.ts'
import { TransformerWork } from '../latency/work.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { Catalogue } from '../scenario/facts.ts'
import { joined } from './pool-links.ts'
import { kindOf, type Limits, type Servers } from './served-replica.ts'
import type { Subject } from './subject.ts'

/** Like replicas of one side. */
export interface Side {
  readonly subject: Subject
  readonly limits: Limits
  readonly replicas: number
}

/** Sent when the prompt is computed, to where fewest requests are, and read as it was written. */
const HANDOFF: Handoff = {
  decodeAt: 'prefill-end',
  layers: 1,
  conversionBytesPerS: () => Number.POSITIVE_INFINITY,
}

/**
 * Replicas that compute prompts, and replicas that decode, on nodes of the catalogue. Throws Unusable where weights
 * leave a replica no memory for KV, or how KV travels is not known.
 */
export function disaggregated(prefill: Side, decode: Side, catalogue: Catalogue): Servers {
  const kinds = [kindIn(prefill, 'prefill'), kindIn(decode, 'decode')]
  const replicas = [...Array(prefill.replicas).fill(0), ...Array(decode.replicas).fill(1)]
  const sizes = replicas.map(kind => kinds[kind].devices)
  return { kinds, replicas, handoff: HANDOFF, ...joined(prefill.subject.device, sizes, catalogue) }
}

/** The front end is before the prompt. */
function kindIn({ subject, limits }: Side, role: 'prefill' | 'decode'): ReplicaKind {
  const kind = kindOf(subject, { ...limits, hasFrontEnd: role === 'prefill' })
  return { ...kind, name: `${kind.name} ${role}`, role, kvBytesPerToken: wireBytesPerToken(subject) }
}

/** Of a context token between replicas: every head once, however many devices hold it. */
function wireBytesPerToken({ model, parallelism }: Subject): number {
  return new TransformerWork(model, { ...parallelism, tp: 1, attentionDp: 1, ep: 1 }).contextBytes
}
