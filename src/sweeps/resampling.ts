import { UserError } from '../core/errors.ts'
import type { Source } from '../scenario/document.ts'
import type { Scenario } from '../scenario/schema.ts'
import { partsOf } from '../scenario/workload-schema.ts'
import type { ExperimentSpec } from './experiment-schema.ts'
import type { ReplicationRule } from './rounds.ts'

/** Where the requests of a replication come from. */
export type Resampling =
  | { readonly by: 'seeds' }
  /** A twentieth of the workload's time where no length is given. */
  | { readonly by: 'block-bootstrap'; readonly blockS?: number }
  | { readonly by: 'slices'; readonly count: number }

/** As the experiment has it; undefined where it leaves it to the workload. Throws a UserError where slices run out. */
export function resamplingOf(
  source: Source,
  { resampling, uncertainty }: ExperimentSpec,
  { most }: ReplicationRule,
): Resampling | undefined {
  if (uncertainty !== undefined && resampling !== undefined) {
    throw new UserError(
      `${source.keyPlace([], 'resampling')}: the file has resampling and uncertainty; must have one of them, ` +
        'as draws of the hardware are compared under the same requests',
    )
  }
  if (resampling === undefined) return undefined
  if (resampling === 'slices') return { by: 'slices', count: most }
  if (typeof resampling === 'string') return { by: resampling }
  if ('slices' in resampling) return { by: 'slices', count: checkedCount(source, resampling.slices, most) }
  const { block_s: blockS } = resampling['block-bootstrap']
  return { by: 'block-bootstrap', ...(blockS !== undefined && { blockS }) }
}

/** Requests of a trace are drawn from it, and others from their laws. */
export function usualResampling({ workload }: Scenario): Resampling {
  return { by: partsOf(workload).some(part => 'trace' in part) ? 'block-bootstrap' : 'seeds' }
}

function checkedCount(
  source: Source,
  { count }: { readonly count?: number | undefined },
  most: number,
): number {
  if (count === undefined || count >= most) return count ?? most
  const where = source.place(['resampling', 'slices', 'count'])
  throw new UserError(
    `${where}: resampling.slices.count is ${count}; must be >= ${most}, the most replications`,
  )
}
