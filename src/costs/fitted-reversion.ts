import { type Reversion, transitionOver } from './mean-reverting.ts'

/** A price at a time. */
export interface TimedPrice {
  readonly years: number
  readonly usd: number
}

/** Half-lives that are tried where none is given, in years: a month to thirty years, each a fifth above the last. */
const HALF_LIVES_YEARS = Array.from({ length: 33 }, (_, i) => Math.exp(i * Math.log(1.2)) / 12)

/**
 * The mean-reverting process that a history is likeliest under. Given the half-life, level and volatility are those of
 * maximum likelihood in closed form, the latter with the divisor that makes its square unbiased; without one, of some
 * from a month to thirty years the likeliest is taken. Histories are short: a half-life from fewer than some tens of
 * prices says little.
 * Throws a RangeError of fewer than three prices, or where they are not in rising order of time.
 */
export function fittedReversion(prices: readonly TimedPrice[], halfLifeYears?: number): Reversion {
  if (prices.length < 3) throw new RangeError(`${prices.length} prices; must be at least 3 to fit a process`)
  const late = prices.findIndex(({ years }, i) => i > 0 && years <= prices[i - 1].years)
  if (late > 0) throw new RangeError(`price ${late} is not later than the one before`)
  const tried = halfLifeYears === undefined ? HALF_LIVES_YEARS : [halfLifeYears]
  const fits = tried.map(years => fitAt(prices, years))
  return fits.reduce((best, fit) => (fit.logLikelihood > best.logLikelihood ? fit : best)).reversion
}

interface Fit {
  readonly reversion: Reversion
  readonly logLikelihood: number
}

/** Weighted least squares of what each step adds beyond what was kept, whose mean is level (1 - kept). */
function fitAt(prices: readonly TimedPrice[], halfLifeYears: number): Fit {
  const steps = prices.slice(1).map(({ years, usd }, i) => {
    const { kept, logSd } = transitionOver(years - prices[i].years, { annualLogSd: 1, halfLifeYears })
    return { added: Math.log(usd) - kept * Math.log(prices[i].usd), pull: 1 - kept, variance: logSd * logSd }
  })
  const total = (of: (step: (typeof steps)[number]) => number) =>
    steps.reduce((sum, step) => sum + of(step), 0)
  const level =
    total(({ added, pull, variance }) => (pull * added) / variance) /
    total(({ pull, variance }) => (pull * pull) / variance)
  const squares = total(({ added, pull, variance }) => {
    const rest = added - level * pull
    return (rest * rest) / variance
  })
  const count = steps.length
  return {
    reversion: {
      longRunUsd: Math.exp(level),
      annualLogSd: Math.sqrt(squares / (count - 1)),
      halfLifeYears,
    },
    logLikelihood: -0.5 * (count * Math.log(squares / count) + total(({ variance }) => Math.log(variance))),
  }
}
