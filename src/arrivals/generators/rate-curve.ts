import { UserError } from '../../core/errors.ts'
import { atLeast, positive, within } from '../bounds.ts'
import type { Draw } from '../draws.ts'

/** How the rate of arrivals moves. Rates are requests per second. */
export type RateCurveSpec =
  /** The rate of each step in turn; after the last comes the first. */
  | { readonly kind: 'steps'; readonly stepS: number; readonly ratesPerS: readonly number[] }
  /** Around a mean rate by a share of it, highest at `peakS` and a period later. */
  | {
      readonly kind: 'sinusoid'
      readonly ratePerS: number
      /** 0 to 1. */
      readonly swing: number
      readonly periodS: number
      readonly peakS: number
    }
  /** A rate that once rises in a straight line to `height` times itself, stays there and falls in a straight line. */
  | {
      readonly kind: 'flash-crowd'
      readonly ratePerS: number
      readonly height: number
      readonly startS: number
      readonly riseS: number
      readonly holdS: number
      readonly decayS: number
    }

/** A rate that is a straight line in each segment; after the last segment comes the first. */
export interface RateCurve {
  readonly durationS: Float64Array
  readonly fromPerS: Float64Array
  readonly toPerS: Float64Array
}

const KINDS = {
  steps: ({ stepS, ratesPerS }) => {
    positive('stepS', stepS)
    const rates = ratesPerS.map(rate => atLeast('ratesPerS', rate, 0))
    if (!rates.some(rate => rate > 0)) throw new UserError('ratesPerS has no rate above 0; must have one')
    return curve(rates.map(rate => [stepS, rate, rate]))
  },
  sinusoid,
  'flash-crowd': ({ ratePerS, height, startS, riseS, holdS, decayS }) => {
    const base = positive('ratePerS', ratePerS)
    const top = base * positive('height', height)
    return curve([
      [atLeast('startS', startS, 0), base, base],
      [atLeast('riseS', riseS, 0), base, top],
      [atLeast('holdS', holdS, 0), top, top],
      [atLeast('decayS', decayS, 0), top, base],
      [Number.POSITIVE_INFINITY, base, base],
    ])
  },
} satisfies {
  [K in RateCurveSpec['kind']]: (spec: Extract<RateCurveSpec, { kind: K }>) => RateCurve
}

/** Throws a UserError that names the number and its bound. */
export function rateCurve(spec: RateCurveSpec): RateCurve {
  return (KINDS[spec.kind] as (spec: RateCurveSpec) => RateCurve)(spec)
}

/** Gaps in seconds of arrivals whose gaps in a time that runs at the rate of the curve are the draws of `work`. */
export function inTimeOf({ durationS, fromPerS, toPerS }: RateCurve, work: Draw): Draw {
  let at = 0
  let leftS = durationS[0]
  let ratePerS = fromPerS[0]
  return () => {
    let gapS = 0
    let left = work()
    for (;;) {
      const area = ((ratePerS + toPerS[at]) / 2) * leftS
      if (left <= area) break
      left -= area
      gapS += leftS
      at = (at + 1) % durationS.length
      leftS = durationS[at]
      ratePerS = fromPerS[at]
    }
    if (left <= 0) return gapS
    const slope = (toPerS[at] - ratePerS) / leftS
    const restS = (2 * left) / (ratePerS + Math.sqrt(Math.max(0, ratePerS * ratePerS + 2 * slope * left)))
    leftS = Math.max(0, leftS - restS)
    ratePerS = Math.max(0, ratePerS + slope * restS)
    return gapS + restS
  }
}

const PIECES = 288

/** Drawn through 288 points a period, which is within 1e-4 of it. */
function sinusoid(spec: Extract<RateCurveSpec, { kind: 'sinusoid' }>): RateCurve {
  const ratePerS = positive('ratePerS', spec.ratePerS)
  const swing = within('swing', spec.swing, 0, 1)
  const periodS = positive('periodS', spec.periodS)
  const peak = atLeast('peakS', spec.peakS, 0) / periodS
  const rateAt = (piece: number) => ratePerS * (1 + swing * cosineOfTurns(piece / PIECES - peak))
  return curve(Array.from({ length: PIECES }, (_, i) => [periodS / PIECES, rateAt(i), rateAt(i + 1)]))
}

/** cos 2πx by its series, to 1e-12: `Math.cos` may give other bits elsewhere. */
function cosineOfTurns(x: number): number {
  const part = Math.abs(x - Math.round(x))
  if (part > 0.25) return -cosineOfTurns(0.5 - part)
  const square = 4 * Math.PI * Math.PI * part * part
  let term = 1
  let sum = 1
  for (let i = 1; i < 20; i += 2) {
    term *= -square / (i * (i + 1))
    sum += term
  }
  return sum
}

/** Pieces that last no time are left out. */
function curve(
  pieces: readonly (readonly [durationS: number, fromPerS: number, toPerS: number])[],
): RateCurve {
  const lasting = pieces.filter(([durationS]) => durationS > 0)
  const [durationS, fromPerS, toPerS] = [0, 1, 2].map(i => Float64Array.from(lasting, piece => piece[i]))
  return { durationS, fromPerS, toPerS }
}
