import type { PolicyFactory } from './contract.ts'

// nginx's default, Vidur `round_robin`, vLLM production stack `roundrobin`.

/** Every replica in turn, from replica 0; one that is not available misses its turn. */
export const roundRobin: PolicyFactory = ({ cluster: { replicas } }) => {
  let turn = replicas - 1
  return (_request, cluster) => {
    let tries = replicas
    do turn = turn === replicas - 1 ? 0 : turn + 1
    while (!cluster.isAvailable(turn) && --tries > 0)
    return turn
  }
}
