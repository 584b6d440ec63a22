import { below } from '../core/random.ts'
import { Choices } from './choices.ts'
import type { PolicyFactory } from './contract.ts'

// Mitzenmacher 2001, "The Power of Two Choices in Randomized Load Balancing"; Dynamo, AIBrix, SGLang gateway.

/**
 * The fewest requests outstanding of a few distinct available replicas drawn at random. Ties: the one drawn first.
 * The draws are the first steps of a shuffle that goes on from decision to decision.
 */
export const powerOfTwo: PolicyFactory = setup => {
  const { random, options } = setup
  const choices = new Choices(setup)
  return (_request, cluster) => {
    const draws = Math.min(options.choices, choices.count)
    let best = -1
    let fewest = Number.POSITIVE_INFINITY
    for (let drawn = 0; drawn < draws; drawn++) {
      choices.swap(drawn, drawn + below(random, choices.count - drawn))
      const replica = choices.at(drawn)
      const requests = cluster.outstandingRequests(replica)
      if (requests < fewest) {
        fewest = requests
        best = replica
      }
    }
    return best
  }
}
