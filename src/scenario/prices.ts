import type { FactReader } from './evidence.ts'
import type { NodeKind } from './facts.ts'

/** $ an hour of a node: the pool's own, or the catalogue's on demand; NaN where unknown. */
export function nodeUsdPerHour(
  { usd_per_hour }: { readonly usd_per_hour?: number | undefined },
  node: NodeKind,
  facts: FactReader,
): number {
  if (usd_per_hour !== undefined) return usd_per_hour
  return node.usdPerHour === undefined
    ? Number.NaN
    : facts.take(`${node.id} usdPerHour`, node.usdPerHour, 'low')
}
