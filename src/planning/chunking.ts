import type { Batcher } from '../batching/contract.ts'
import { type BatcherName, batchers, keepsPromptsWhole as keepsWhole } from '../batching/registry.ts'
import type { ReplicaKind } from '../replicas/contract.ts'

/** When steps of the kind leave a prompt undone: never, where their budget is spent, or as a batcher that is not known may. */
export function cutsPrompts({ batcher }: ReplicaKind): 'never' | 'at its budget' | 'anyhow' {
  const name = nameOf(batcher)
  if (name === undefined) return 'anyhow'
  return keepsWhole(name) ? 'never' : 'at its budget'
}

/**
 * Whether steps of the kind may go over their budget: `none` of its prompts, `one` that it would not hold otherwise, or
 * `all`, as a batcher that is not known may do.
 */
export function keepsPromptsWhole({ batcher }: ReplicaKind): 'none' | 'one' | 'all' {
  const name = nameOf(batcher)
  if (name === undefined || name === 'static') return 'all'
  return keepsWhole(name) ? 'one' : 'none'
}

function nameOf(batcher: Batcher): BatcherName | undefined {
  return (Object.keys(batchers) as BatcherName[]).find(known => batchers[known].batcher === batcher)
}
