import { UserError } from '../core/errors.ts'
import type { FlowGraph, PolicyFactory } from './contract.ts'
import { evenMaxFlow } from './even-flow.ts'
import { byTurns } from './weighted-round-robin.ts'
import { weightsOf } from './weights.ts'

// Helix (Mei et al. 2025): interleaved weighted round robin by a maximum flow over compute and links.

/**
 * In turn, each replica in proportion to what comes to it in a maximum flow of requests through the fleet: from replicas
 * that compute prompts over links to those that decode, each bounded by its rate. A replica whose links or whose other
 * side cannot follow gets less than it could do by itself. Where nobody hands over, the flow through a replica is the
 * rate at which it saturates. Throws a UserError where nothing can flow.
 */
export const maxFlow: PolicyFactory = setup => {
  const rates = weightsOf('max-flow', setup)
  const graph = setup.flowGraph()
  return byTurns(graph === undefined ? rates : flowsInto(graph), setup)
}

function flowsInto(graph: FlowGraph): Float64Array {
  const flows = evenMaxFlow(graph)
  const weights = Float64Array.from(graph.into, edges => edges.reduce((sum, edge) => sum + flows[edge], 0))
  if (weights.some(weight => weight > 0)) return weights
  throw new UserError(
    'max-flow: no request gets through the fleet: no links with a known bandwidth lead from replicas that compute prompts to those that decode',
  )
}
