/** Nodes of one service that stand for its whole fleet, and the share of its requests that they are to serve. */
export interface Thinned {
  /** By kind. */
  readonly nodes: readonly number[]
  /** Above 1 where whole nodes are more than the service has to itself. */
  readonly share: number
}

/**
 * At most so many whole nodes in the proportions of a fleet, whose nodes may be parts where services share them: by the
 * largest remainders, and at least one. They are given as many of the requests as they have of the fleet's capacity.
 *
 * @param ratesPerS what a node of each kind serves; 0 where it has none
 */
export function thinned(parts: readonly number[], ratesPerS: readonly number[], most: number): Thinned {
  const total = sum(parts)
  const wanted = Math.min(most, Math.max(1, Math.round(total)))
  const exact = parts.map(part => (part / total) * wanted)
  const nodes = exact.map(Math.floor)
  const byRemainder = [...exact.keys()].sort((a, b) => exact[b] - nodes[b] - (exact[a] - nodes[a]) || a - b)
  for (const kind of byRemainder.slice(0, wanted - sum(nodes))) nodes[kind]++
  const capacity = (counts: readonly number[]) => sum(counts.map((count, kind) => count * ratesPerS[kind]))
  return { nodes, share: capacity(nodes) / capacity(parts) }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
