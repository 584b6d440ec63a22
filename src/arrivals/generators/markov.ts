import { UserError } from '../../core/errors.ts'
import { below, exponential, type Random } from '../../core/random.ts'
import { atLeast, positive } from '../bounds.ts'
import type { Draw } from '../draws.ts'

/** A state of a Markov-modulated Poisson process. */
export interface MarkovState {
  readonly ratePerS: number
  /** Mean of its exponential stays in seconds. */
  readonly stayS: number
}

/**
 * Gaps of a Poisson process whose rate is that of the state it is in; from a state it goes to any of the others, each as
 * likely. It begins in the first. In the long run the share of time in a state is in proportion to its `stayS`.
 */
export function markovGaps(states: readonly MarkovState[], gaps: Random, stays: Random): Draw {
  const { ratePerS, stayS } = columns(states)
  let state = 0
  let leftS = exponential(stays, stayS[0])
  return () => {
    let gapS = 0
    // What is left of a gap when the rate changes is drawn anew: an exponential has no memory.
    for (;;) {
      const nextS = ratePerS[state] > 0 ? exponential(gaps, 1 / ratePerS[state]) : leftS
      if (nextS < leftS) {
        leftS -= nextS
        return gapS + nextS
      }
      gapS += leftS
      state = another(state, ratePerS.length, stays)
      leftS = exponential(stays, stayS[state])
    }
  }
}

function another(state: number, states: number, random: Random): number {
  if (states === 2) return 1 - state
  const other = below(random, states - 1)
  return other < state ? other : other + 1
}

function columns(states: readonly MarkovState[]): { ratePerS: number[]; stayS: number[] } {
  if (states.length < 2) throw new UserError(`states has ${states.length}; must have at least 2`)
  const ratePerS = states.map((state, i) => atLeast(`states[${i}] ratePerS`, state.ratePerS, 0))
  if (!ratePerS.some(rate => rate > 0)) throw new UserError('no state has a rate above 0; one must')
  return { ratePerS, stayS: states.map((state, i) => positive(`states[${i}] stayS`, state.stayS)) }
}
