import type { GapSpec } from '../gaps.ts'
import { type ArrivalTimes, WINDOWS_S } from '../statistics/times.ts'
import type { Bursts } from './bursts.ts'
import { rounded } from './rounded.ts'

/** Shares of the most time on that leaves the low rate at 0 or above. */
const SHARES_ON = [1, 0.7, 0.4, 0.2]
const RATES = 60
/** A trace must see the states change about so often to tell of them. */
const CYCLES = 10

/**
 * Two-state processes with the mean rate and, as nearly as they can, the Fano factors of the arrivals: with rates λ₁ and λ₂
 * and a share p of the time on, F(t) = 1 + a (1 − (1 − e^−rt) / rt), where r is 1/on + 1/off and
 * a = 2 p (1 − p) (λ₁ − λ₂)² / (λ r) (Fischer and Meier-Hellstern 1993). None where counts vary no more than Poisson's.
 */
export function onOffs({ spanS }: ArrivalTimes, { figures: [ratePerS, , ...fanos] }: Bursts): GapSpec[] {
  const known = fanos.flatMap((fano, i) => (fano > 1 ? [{ windowS: WINDOWS_S[i], excess: fano - 1 }] : []))
  if (known.length === 0) return []
  const { a, r } = nearest(known, spanS)
  const variance = (a * ratePerS * r) / 2
  const mostOn = 1 / (1 + variance / (ratePerS * ratePerS))
  return SHARES_ON.map(share => spec(ratePerS, variance, share * mostOn, r)).filter(
    ({ onS, offS }) => onS + offS < spanS / 3,
  )
}

interface Excess {
  readonly windowS: number
  readonly excess: number
}

/** The least squares of logarithms over rates of change from the shortest window to the span; given r, a is theirs. */
function nearest(known: readonly Excess[], spanS: number): { a: number; r: number } {
  const [least, most] = [Math.log(CYCLES / spanS), Math.log(10)]
  const tried = Array.from({ length: RATES + 1 }, (_, i) => {
    const r = Math.exp(least + (i / RATES) * (most - least))
    const logs = known.map(({ windowS, excess }) => Math.log(excess / ramp(r * windowS)))
    const centre = logs.reduce((sum, log) => sum + log, 0) / logs.length
    return {
      a: Math.exp(centre),
      r,
      off: logs.reduce((sum, log) => sum + (log - centre) * (log - centre), 0),
    }
  })
  return tried.reduce((best, one) => (one.off < best.off ? one : best))
}

function ramp(x: number): number {
  return 1 - (1 - Math.exp(-x)) / x
}

function spec(
  ratePerS: number,
  variance: number,
  on: number,
  r: number,
): Extract<GapSpec, { kind: 'on-off' }> {
  const apart = Math.sqrt(variance / (on * (1 - on)))
  const offRatePerS = Math.max(0, ratePerS - on * apart)
  return {
    kind: 'on-off',
    onRatePerS: rounded(offRatePerS + apart),
    offRatePerS: rounded(offRatePerS),
    onS: rounded(1 / (r * (1 - on))),
    offS: rounded(1 / (r * on)),
  }
}
