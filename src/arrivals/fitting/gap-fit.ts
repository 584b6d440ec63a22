import { UserError } from '../../core/errors.ts'
import type { GapSpec } from '../gaps.ts'
import { fits } from '../statistics/laws.ts'
import { widened } from '../statistics/rate-curve.ts'
import type { ArrivalTimes } from '../statistics/times.ts'
import { type Bursts, burstsOf, type Judgement, judged } from './bursts.ts'
import { onOffs } from './on-off-fit.ts'
import { rounded } from './rounded.ts'

/** A law of gaps and how it does against the bursts of the trace. */
export interface GapFit extends Judgement {
  readonly gaps: GapSpec
}

/** What each number of a law must gain to be worth it. */
const PRICE = 0.004
/** Numbers of steps of a profile that are tried. */
const STEPS = [12, 24, 50, 100] as const
const STEPS_OF_LONG = [168] as const
const LONG = 1_000_000

/**
 * Independent gaps if their bursts are those of the arrivals but for chance, or else the law whose bursts are nearest,
 * each of its numbers counted against it. Throws a UserError where all requests come at one instant.
 */
export function gapFit(times: ArrivalTimes): GapFit {
  if (times.count < 2) return { gaps: { kind: 'poisson', ratePerS: 1 }, distance: 0, isWithinNoise: true }
  if (times.spanS === 0) {
    throw new UserError(`all ${times.count} requests come at one instant; to fit arrivals they must not`)
  }
  const wanted = burstsOf(times)
  const independent = renewals(times, wanted).map(gaps => tried(gaps, times, wanted))
  const enough = independent.filter(({ isWithinNoise }) => isWithinNoise)
  if (enough.length > 0) return cheapest(enough)
  const states = onOffs(times, wanted).map(gaps => tried(gaps, times, wanted))
  const steps = times.count > LONG ? STEPS_OF_LONG : STEPS
  const profiles = steps.map(count => profileFit(times, count, wanted))
  return cheapest([...independent, ...states, ...profiles])
}

function cheapest(fits: readonly GapFit[]): GapFit {
  return fits.reduce((best, fit) => (cost(fit) < cost(best) ? fit : best))
}

function tried(gaps: GapSpec, { count }: ArrivalTimes, wanted: Bursts): GapFit {
  return { gaps, ...judged(gaps, count, wanted) }
}

function cost({ gaps, distance }: GapFit): number {
  const numbers = JSON.stringify(gaps).split(',').length
  return distance + PRICE * numbers
}

/** Independent gaps. */
function renewals({ gapsS }: ArrivalTimes, { figures }: Bursts): GapSpec[] {
  const [rate, cv, , , fano] = figures
  const ratePerS = rounded(rate)
  const cvs = [cv, Math.sqrt(fano)].filter(value => value > 0.05 && value < 100)
  const weibull = fits(gapsS).find(({ law }) => law === 'weibull')?.parameters.shape ?? 0
  return [
    { kind: 'poisson', ratePerS },
    ...cvs.map((value): GapSpec => ({ kind: 'gamma', ratePerS, cv: rounded(value) })),
    ...(weibull > 0.1 && weibull < 50
      ? [{ kind: 'weibull', ratePerS, shape: rounded(weibull) } as const]
      : []),
    ...(cv < 0.05 ? [{ kind: 'even', ratePerS } as const] : []),
  ]
}

/** A profile of that many steps, with the variation of gaps inside them that suits it best. */
function profileFit(times: ArrivalTimes, steps: number, wanted: Bursts): GapFit {
  const { stepS, counts } = widened(times.curve, steps)
  const lastS = Math.max(times.spanS - (counts.length - 1) * stepS, stepS / 8)
  const ratesPerS = counts.map((count, i) => rounded(count / (i === counts.length - 1 ? lastS : stepS)))
  const law = (logCv: number): GapSpec => ({
    kind: 'profile',
    stepS,
    ratesPerS,
    cv: rounded(Math.exp(logCv)),
  })
  return narrowed(logCv => tried(law(logCv), times, wanted), times.count > LONG ? FEWER_ROUNDS : ROUNDS)
}

/** Where the logarithm of the variation is looked for. */
const [LEAST_LOG_CV, MOST_LOG_CV] = [Math.log(0.3), Math.log(12)]
const ROUNDS = 10
const FEWER_ROUNDS = 5
const GOLDEN = (Math.sqrt(5) - 1) / 2

/** Golden-section search for the fit of least distance. */
function narrowed(at: (logCv: number) => GapFit, rounds: number): GapFit {
  let [low, high] = [LEAST_LOG_CV, MOST_LOG_CV]
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
  let [atLeft, atRight] = [at(left), at(right)]
  for (let round = 0; round < rounds; round++) {
    if (atLeft.distance < atRight.distance) {
      ;[high, right, atRight] = [right, left, atLeft]
      left = high - GOLDEN * (high - low)
      atLeft = at(left)
    } else {
      ;[low, left, atLeft] = [left, right, atRight]
      right = low + GOLDEN * (high - low)
      atRight = at(right)
    }
  }
  return atLeft.distance < atRight.distance ? atLeft : atRight
}
