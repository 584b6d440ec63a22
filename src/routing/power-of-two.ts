import { below } from '../core/random.ts'
import type { PolicyFactory } from './contract.ts'

// Mitzenmacher 2001, "The Power of Two Choices in Randomized Load Balancing"; Dynamo, AIBrix, SGLang gateway.

/**
 * The fewest requests outstanding of a few distinct replicas drawn at random. Ties: the one drawn first.
 * The draws are the first steps of a shuffle that goes on from decision to decision.
 */
export const powerOfTwo: PolicyFactory = ({ cluster, random, options }) => {
  const replicas = cluster.replicas
  const choices = Math.min(options.choices, replicas)
  const shuffled = Int32Array.from({ length: replicas }, (_, replica) => replica)
  return (_request, view) => {
    let best = -1
    let fewest = Number.POSITIVE_INFINITY
    for (let drawn = 0; drawn < choices; drawn++) {
      const place = drawn + below(random, replicas - drawn)
      const replica = shuffled[place]
      shuffled[place] = shuffled[drawn]
      shuffled[drawn] = replica
      const requests = view.outstandingRequests(replica)
      if (requests < fewest) {
        fewest = requests
        best = replica
      }
    }
    return best
  }
}
