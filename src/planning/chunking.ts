import { type BatcherName, batchers, keepsPromptsWhole as keepsWhole } from '../batching/registry.ts'
import type { ReplicaKind } from '../replicas/contract.ts'

/**
 * Whether steps of the kind may go over their budget: `none` of its prompts, `one` that it would not hold otherwise, or
 * `all`, as a batcher that is not known may do.
 */
export function keepsPromptsWhole({ batcher }: ReplicaKind): 'none' | 'one' | 'all' {
  const name = (Object.keys(batchers) as BatcherName[]).find(known => batchers[known].batcher === batcher)
  if (name === undefined || name === 'static') return 'all'
  return keepsWhole(name) ? 'one' : 'none'
}
