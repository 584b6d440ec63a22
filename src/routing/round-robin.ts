import type { PolicyFactory } from './contract.ts'

// nginx's default, Vidur `round_robin`, vLLM production stack `roundrobin`.

/** Every replica in turn, from replica 0. */
export const roundRobin: PolicyFactory = ({ cluster }) => {
  const last = cluster.replicas - 1
  let turn = last
  return () => {
    turn = turn === last ? 0 : turn + 1
    return turn
  }
}
