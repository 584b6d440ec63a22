import { UserError } from '../core/errors.ts'
import { exponential, type Random, stream } from '../core/random.ts'
import { atLeast, positive } from './bounds.ts'
import { type Draw, gammaDraws } from './draws.ts'

/** How long it is from one arrival to the next. Rates are requests per second. */
export type GapSpec =
  | { readonly kind: 'poisson'; readonly ratePerS: number }
  /** Independent gaps of coefficient of variation `cv`, above 0: burstier than Poisson above 1, calmer below. */
  | { readonly kind: 'gamma'; readonly ratePerS: number; readonly cv: number }
  /** Every 1 / rate seconds. */
  | { readonly kind: 'even'; readonly ratePerS: number }
  /** Poisson at one of two rates in turn, each for an exponential time of the given mean; it begins on. */
  | {
      readonly kind: 'on-off'
      readonly onRatePerS: number
      readonly offRatePerS: number
      readonly onS: number
      readonly offS: number
    }
  /** Gamma gaps in a time that runs at the rate of the step under way; after the last step comes the first. */
  | {
      readonly kind: 'profile'
      readonly stepS: number
      readonly ratesPerS: readonly number[]
      readonly cv: number
    }

const KINDS = {
  poisson: (spec, chance) => {
    const random = chance('gaps')
    const meanS = 1 / positive('ratePerS', spec.ratePerS)
    return () => exponential(random, meanS)
  },
  gamma: (spec, chance) => {
    return gammaDraws(chance('gaps'), 1 / positive('ratePerS', spec.ratePerS), positive('cv', spec.cv))
  },
  even: spec => {
    const gapS = 1 / positive('ratePerS', spec.ratePerS)
    return () => gapS
  },
  'on-off': onOff,
  profile,
} satisfies { [K in GapSpec['kind']]: (spec: Extract<GapSpec, { kind: K }>, chance: Chance) => Draw }

/** A stream of the generator for one use of chance. */
type Chance = (use: string) => Random

/**
 * Draws gaps in seconds. Throws a UserError that names the number and its bound.
 *
 * @param name prefix of the streams' names, such as `arrivals`
 */
export function gapDraws(spec: GapSpec, seed: string | number, name: string): Draw {
  const make = KINDS[spec.kind] as (spec: GapSpec, chance: Chance) => Draw
  return make(spec, use => stream(seed, `${name}/${use}`))
}

function onOff(spec: Extract<GapSpec, { kind: 'on-off' }>, chance: Chance): Draw {
  const random = chance('gaps')
  const states = chance('states')
  const ratePerS = [positive('onRatePerS', spec.onRatePerS), atLeast('offRatePerS', spec.offRatePerS, 0)]
  const stayS = [positive('onS', spec.onS), positive('offS', spec.offS)]
  let state = 0
  let leftS = exponential(states, stayS[0])
  return () => {
    let gapS = 0
    // What is left of a gap when the rate changes is drawn anew: an exponential has no memory.
    for (;;) {
      const nextS = ratePerS[state] > 0 ? exponential(random, 1 / ratePerS[state]) : leftS
      if (nextS < leftS) {
        leftS -= nextS
        return gapS + nextS
      }
      gapS += leftS
      state = 1 - state
      leftS = exponential(states, stayS[state])
    }
  }
}

function profile(spec: Extract<GapSpec, { kind: 'profile' }>, chance: Chance): Draw {
  const work = gammaDraws(chance('gaps'), 1, positive('cv', spec.cv))
  const stepS = positive('stepS', spec.stepS)
  const ratesPerS = Float64Array.from(spec.ratesPerS, rate => atLeast('ratesPerS', rate, 0))
  if (!ratesPerS.some(rate => rate > 0)) throw new UserError('ratesPerS has no rate above 0; must have one')
  let step = 0
  let leftS = stepS
  return () => {
    let gapS = 0
    let left = work()
    while (left > ratesPerS[step] * leftS) {
      left -= ratesPerS[step] * leftS
      gapS += leftS
      leftS = stepS
      step = (step + 1) % ratesPerS.length
    }
    const restS = left > 0 ? left / ratesPerS[step] : 0
    leftS -= restS
    return gapS + restS
  }
}
