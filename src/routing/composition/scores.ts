import type { Reading, Scorer } from './contract.ts'
import { greatestOf, leastOf, read } from './readings.ts'

/** The reading itself, which lies in [0, 1]. */
export function asItIs(reading: Reading): Scorer {
  return (request, cluster, candidates, scores) => read(candidates, cluster, request, reading, scores)
}

/** What is left to 1 of a reading in [0, 1]. */
export function rest(reading: Reading): Scorer {
  return (request, cluster, candidates, scores) => {
    read(candidates, cluster, request, reading, scores)
    for (let place = 0; place < candidates.count; place++) scores[place] = 1 - scores[place]
  }
}

/** By where the reading lies between the candidates' least, which scores 1, and greatest, 0. All 1 where they are equal. */
export function fromMostToLeast(reading: Reading): Scorer {
  return (request, cluster, candidates, scores) => {
    const { count } = candidates
    read(candidates, cluster, request, reading, scores)
    const least = leastOf(scores, count)
    const greatest = greatestOf(scores, count)
    const range = greatest - least
    for (let place = 0; place < count; place++) {
      scores[place] = range === 0 ? 1 : (greatest - scores[place]) / range
    }
  }
}

/**
 * The candidates' least reading over the candidate's own, none of which is negative: twice as much is half the score,
 * however bad others are. 1 where both are 0.
 */
export function leastOverOwn(reading: Reading): Scorer {
  return (request, cluster, candidates, scores) => {
    const { count } = candidates
    read(candidates, cluster, request, reading, scores)
    const least = leastOf(scores, count)
    for (let place = 0; place < count; place++) {
      scores[place] = scores[place] === least ? 1 : least / scores[place]
    }
  }
}

/** 1 at a reading of 0, falling to 0 at the limit and staying there beyond. */
export function downTo0At(limit: number, reading: Reading): Scorer {
  return (request, cluster, candidates, scores) => {
    read(candidates, cluster, request, reading, scores)
    for (let place = 0; place < candidates.count; place++) {
      scores[place] = 1 - Math.min(scores[place], limit) / limit
    }
  }
}
