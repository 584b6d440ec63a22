import { describe, expect, it } from 'vitest'
import { below, type Random, stream } from '../../src/core/random.ts'
import type { FlowEdge } from '../../src/routing/contract.ts'
import { evenMaxFlow } from '../../src/routing/even-flow.ts'
import { FlowNetwork } from '../../src/routing/flow-network.ts'

interface Graph {
  readonly places: number
  readonly edges: readonly FlowEdge[]
}

function randomGraph(random: Random): Graph {
  const places = 2 + below(random, 7)
  const edges = Array.from({ length: below(random, 25) }, () => ({
    from: below(random, places),
    to: below(random, places),
    requestsPerS: below(random, 8) === 0 ? Number.POSITIVE_INFINITY : below(random, 10) / 3,
  })).filter(({ from, to }) => from !== to && to !== 0 && from !== 1)
  // So that no way is without bound.
  return {
    places,
    edges: edges.map(edge => (edge.from === 0 ? { ...edge, requestsPerS: 1 + below(random, 9) } : edge)),
  }
}

/** The least cut of all: every set of places that holds the source and not the sink. */
function leastCut({ places, edges }: Graph): number {
  let least = Number.POSITIVE_INFINITY
  for (let set = 0; set < 2 ** (places - 2); set++) {
    const isInside = (place: number) => place === 0 || (place !== 1 && ((set >> (place - 2)) & 1) === 1)
    const cut = edges.filter(({ from, to }) => isInside(from) && !isInside(to))
    least = Math.min(
      least,
      cut.reduce((sum, { requestsPerS }) => sum + requestsPerS, 0),
    )
  }
  return least
}

function maximum({ places, edges }: Graph): Float64Array {
  const network = new FlowNetwork(places, edges)
  edges.forEach(({ requestsPerS }, edge) => {
    network.widen(edge, requestsPerS)
  })
  network.augment(0, 1)
  return network.flows()
}

/** What leaves a place less what enters it. */
function surplus({ edges }: Graph, flows: Float64Array, place: number): number {
  return edges.reduce(
    (sum, { from, to }, edge) => sum + flows[edge] * (Number(from === place) - Number(to === place)),
    0,
  )
}

describe.each([
  ['the maximum flow', maximum],
  ['the even maximum flow', evenMaxFlow as (graph: Graph) => Float64Array],
])('%s', (_, flowsOf) => {
  it('is the least cut in random graphs, within capacities, and nothing is lost on the way', () => {
    const random = stream('graphs', 'flow')
    let flowing = 0
    for (let i = 0; i < 400; i++) {
      const graph = randomGraph(random)
      const flows = flowsOf(graph)
      const total = surplus(graph, flows, 0)
      expect(total).toBeCloseTo(leastCut(graph), 8)
      graph.edges.forEach(({ requestsPerS }, edge) => {
        expect(flows[edge]).toBeGreaterThanOrEqual(-1e-9)
        expect(flows[edge]).toBeLessThanOrEqual(requestsPerS + 1e-9)
      })
      for (let place = 2; place < graph.places; place++)
        expect(surplus(graph, flows, place)).toBeCloseTo(0, 8)
      if (total > 0) flowing++
    }
    expect(flowing).toBeGreaterThan(100)
  })
})

it('goes on from where it was when an edge is widened, and takes back what stands in the way', () => {
  // Two ways that share their middle only if the first is badly chosen.
  const edges = [
    { from: 0, to: 2 },
    { from: 2, to: 3 },
    { from: 3, to: 1 },
    { from: 0, to: 3 },
    { from: 2, to: 1 },
  ]
  const network = new FlowNetwork(4, edges)
  for (const edge of [0, 1, 2]) network.widen(edge, 1)
  network.augment(0, 1)
  expect([...network.flows()]).toEqual([1, 1, 1, 0, 0])
  for (const edge of [3, 4]) network.widen(edge, 1)
  network.augment(0, 1)
  expect([...network.flows()]).toEqual([1, 0, 1, 1, 1])
})

it('loads equal replicas alike on both sides, whichever is the bottleneck', () => {
  const through = (entering: number, ending: number): FlowEdge[] => [
    { from: 0, to: 2, requestsPerS: entering },
    { from: 0, to: 3, requestsPerS: entering },
    { from: 2, to: 4, requestsPerS: Number.POSITIVE_INFINITY },
    { from: 3, to: 4, requestsPerS: Number.POSITIVE_INFINITY },
    { from: 4, to: 5, requestsPerS: Number.POSITIVE_INFINITY },
    { from: 4, to: 6, requestsPerS: Number.POSITIVE_INFINITY },
    { from: 5, to: 1, requestsPerS: ending },
    { from: 6, to: 1, requestsPerS: ending },
  ]
  const even = (edges: FlowEdge[]) => evenMaxFlow({ places: 7, edges, into: [] })
  for (const [entering, ending] of [
    [5, 3],
    [3, 5],
  ]) {
    const flows = even(through(entering, ending))
    for (const edge of [0, 1, 6, 7]) {
      expect(flows[edge]).toBeGreaterThan(3 - 5 / 32)
      expect(flows[edge]).toBeLessThan(3 + 5 / 32)
    }
    expect(flows[0] + flows[1]).toBeCloseTo(6, 12)
  }
})
