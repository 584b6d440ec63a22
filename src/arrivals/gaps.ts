import { exponential, type Random, stream } from '../core/random.ts'
import { atLeast, positive, within } from './bounds.ts'
import { type Draw, gammaDraws } from './draws.ts'
import { type MarkovState, markovGaps } from './generators/markov.ts'
import { inTimeOf, type RateCurveSpec, rateCurve } from './generators/rate-curve.ts'
import { weibullDraws } from './generators/weibull.ts'

/** How long it is from one arrival to the next. Rates are requests per second. */
export type GapSpec =
  | { readonly kind: 'poisson'; readonly ratePerS: number }
  /** Independent gaps of coefficient of variation `cv`, above 0: burstier than Poisson above 1, calmer below. */
  | { readonly kind: 'gamma'; readonly ratePerS: number; readonly cv: number }
  /** Independent gaps of a Weibull law: burstier than Poisson below shape 1, calmer above. */
  | { readonly kind: 'weibull'; readonly ratePerS: number; readonly shape: number }
  /** Every 1 / rate seconds. */
  | { readonly kind: 'even'; readonly ratePerS: number }
  /** From each of a number of senders every 1 / rate seconds, which begin at times of their own. */
  | { readonly kind: 'periodic'; readonly senders: number; readonly ratePerS: number }
  /** Poisson at one of two rates in turn, each for an exponential time of the given mean; it begins on. */
  | {
      readonly kind: 'on-off'
      readonly onRatePerS: number
      readonly offRatePerS: number
      readonly onS: number
      readonly offS: number
    }
  /** The same with any number of states. */
  | { readonly kind: 'markov'; readonly states: readonly MarkovState[] }
  /** Gamma gaps in a time that runs at the rate of the step under way; after the last step comes the first. */
  | {
      readonly kind: 'profile'
      readonly stepS: number
      readonly ratesPerS: readonly number[]
      readonly cv: number
    }
  /** Gaps of a law of rate 1 in a time that runs at the rate of a curve. */
  | { readonly kind: 'curve'; readonly rate: RateCurveSpec; readonly gaps: GapSpec }

const KINDS = {
  poisson: (spec, chance) => {
    const random = chance('gaps')
    const meanS = 1 / positive('ratePerS', spec.ratePerS)
    return () => exponential(random, meanS)
  },
  gamma: (spec, chance) => {
    return gammaDraws(chance('gaps'), 1 / positive('ratePerS', spec.ratePerS), positive('cv', spec.cv))
  },
  weibull: (spec, chance) => {
    return weibullDraws(chance('gaps'), 1 / positive('ratePerS', spec.ratePerS), spec.shape)
  },
  even: spec => {
    const gapS = 1 / positive('ratePerS', spec.ratePerS)
    return () => gapS
  },
  periodic,
  'on-off': (spec, chance) => {
    const on = { ratePerS: positive('onRatePerS', spec.onRatePerS), stayS: positive('onS', spec.onS) }
    const off = { ratePerS: atLeast('offRatePerS', spec.offRatePerS, 0), stayS: positive('offS', spec.offS) }
    return markovGaps([on, off], chance('gaps'), chance('states'))
  },
  markov: (spec, chance) => markovGaps(spec.states, chance('gaps'), chance('states')),
  profile: ({ stepS, ratesPerS, cv }, chance) => {
    const work = gammaDraws(chance('gaps'), 1, positive('cv', cv))
    return inTimeOf(rateCurve({ kind: 'steps', stepS, ratesPerS }), work)
  },
  curve: (spec, chance) => inTimeOf(rateCurve(spec.rate), drawsOf(spec.gaps, chance)),
} satisfies { [K in GapSpec['kind']]: (spec: Extract<GapSpec, { kind: K }>, chance: Chance) => Draw }

/** A stream of the generator for one use of chance. */
type Chance = (use: string) => Random

/**
 * Draws gaps in seconds. Throws a UserError that names the number and its bound.
 *
 * @param name prefix of the streams' names, such as `arrivals`
 */
export function gapDraws(spec: GapSpec, seed: string | number, name: string): Draw {
  return drawsOf(spec, use => stream(seed, `${name}/${use}`))
}

function drawsOf(spec: GapSpec, chance: Chance): Draw {
  return (KINDS[spec.kind] as (spec: GapSpec, chance: Chance) => Draw)(spec, chance)
}

const MOST_SENDERS = 1e6

function periodic(spec: Extract<GapSpec, { kind: 'periodic' }>, chance: Chance): Draw {
  const periodS = 1 / positive('ratePerS', spec.ratePerS)
  const senders = Math.round(within('senders', spec.senders, 1, MOST_SENDERS))
  const random = chance('phases')
  const phases = Float64Array.from({ length: senders }, random).sort()
  let sent = 0
  return () => {
    const from = phases[sent % senders] + Math.floor(sent / senders)
    sent++
    const to = phases[sent % senders] + Math.floor(sent / senders)
    return (to - from) * periodS
  }
}
