import type { FlowEdge, FlowGraph } from './contract.ts'
import { FlowNetwork } from './flow-network.ts'

const SOURCE = 0
const SINK = 1

/** Parts of their capacities in which edges are filled, all alike. */
const LEVELS = 32

/**
 * A maximum flow, requests a second by edge, that of all such loads those that requests come to evenly for what they can,
 * and then those where they end: to a 32nd of their capacity. A graph has many maximum flows, and the first that an
 * algorithm finds fills one replica before it begins with the next.
 */
export function evenMaxFlow(graph: FlowGraph): Float64Array {
  const { edges } = graph
  const entering = filledEvenly(graph, capacitiesOf(edges), ({ from }) => from === SOURCE)
  const held = capacitiesOf(edges)
  edges.forEach(({ from }, edge) => {
    if (from === SOURCE) held[edge] = entering[edge]
  })
  return filledEvenly(graph, held, ({ to }) => to === SINK)
}

function filledEvenly(
  { places, edges }: FlowGraph,
  capacities: Float64Array,
  isFilled: (edge: FlowEdge) => boolean,
): Float64Array {
  const network = new FlowNetwork(places, edges)
  for (let level = 1; level <= LEVELS; level++) {
    edges.forEach((edge, number) => {
      const part = level === LEVELS || !isFilled(edge) ? 1 : level / LEVELS
      network.widen(number, part * capacities[number])
    })
    network.augment(SOURCE, SINK)
  }
  return network.flows()
}

function capacitiesOf(edges: readonly FlowEdge[]): Float64Array {
  return Float64Array.from(edges, ({ requestsPerS }) => requestsPerS)
}
