import { describe, expect, it } from 'vitest'
import { normal, stream } from '../../src/core/random.ts'
import { fittedReversion, type TimedPrice } from '../../src/costs/fitted-reversion.ts'
import { drawnPath, longRunLogSd, type Reversion, transitionOver } from '../../src/costs/mean-reverting.ts'
import { mean, variance } from '../../src/statistics/moments.ts'

const reversion: Reversion = { longRunUsd: 2.5, annualLogSd: 0.425, halfLifeYears: 1 }

describe('a mean-reverting price', () => {
  it('keeps half of a departure after a half-life, and an eighth after three', () => {
    expect(transitionOver(1, reversion).kept).toBeCloseTo(0.5, 14)
    expect(transitionOver(3, reversion).kept).toBeCloseTo(0.125, 14)
  })

  it('has the same law in one step as in many', () => {
    const once = transitionOver(2, reversion)
    const step = transitionOver(0.1, reversion)
    let [kept, square] = [1, 0]
    for (let i = 0; i < 20; i++) {
      kept *= step.kept
      square = square * step.kept * step.kept + step.logSd * step.logSd
    }
    expect(kept).toBeCloseTo(once.kept, 12)
    expect(Math.sqrt(square)).toBeCloseTo(once.logSd, 12)
  })

  it('gathers in a year what small steps of the equation gather', () => {
    const rate = Math.log(2)
    const steps = 20_000
    let square = 0
    for (let i = 0; i < steps; i++) square += (0.425 * 0.425 - 2 * rate * square) / steps
    expect(transitionOver(1, reversion).logSd).toBeCloseTo(Math.sqrt(square), 4)
  })

  it('spreads to its long-run deviation about its long-run median, from wherever it starts', () => {
    const random = stream(1, 'prices')
    const logs = Float64Array.from({ length: 4000 }, () =>
      Math.log(drawnPath(12, reversion, 24, 0.5, random).at(-1)!),
    )
    expect(Math.exp(mean(logs))).toBeCloseTo(2.5, 1)
    expect(Math.sqrt(variance(logs))).toBeCloseTo(longRunLogSd(reversion), 1)
    expect(longRunLogSd(reversion)).toBeCloseTo(transitionOver(1000, reversion).logSd, 12)
  })

  it('is the same path under the same stream, and starts at the price of today', () => {
    const path = () => drawnPath(2.95, reversion, 12, 1 / 12, stream('s', 'prices/h100'))
    expect(path()).toEqual(path())
    expect(path()[0]).toBe(2.95)
    expect(path()).toHaveLength(13)
  })
})

/** Drawn by small steps of the equation, not by the exact transition. */
function madeHistory(seed: number, years: number, each: number): TimedPrice[] {
  const random = stream(seed, 'made')
  const small = 1 / 1000
  const [rate, level] = [Math.log(2) / 1, Math.log(2.5)]
  const history: TimedPrice[] = []
  let log = level
  for (let step = 0; step * small < years; step++) {
    if (step % Math.round(each / small) === 0) history.push({ years: step * small, usd: Math.exp(log) })
    log += rate * (level - log) * small + 0.425 * Math.sqrt(small) * normal(random)
  }
  return history
}

describe('the process fitted to a history', () => {
  it('has the volatility that the history was made with', () => {
    const fit = fittedReversion(madeHistory(3, 60, 0.05), 1)
    // 1200 steps: the deviation is known to 2 % (1 / sqrt(2 x 1200)).
    expect(fit.annualLogSd / 0.425).toBeCloseTo(1, 1)
    expect(fit.longRunUsd).toBeGreaterThan(2)
    expect(fit.longRunUsd).toBeLessThan(3.1)
    expect(fit.halfLifeYears).toBe(1)
  })

  it('is unbiased in its variance over many short histories', () => {
    const squares = Array.from({ length: 300 }, (_, seed) => {
      const { annualLogSd } = fittedReversion(madeHistory(100 + seed, 4, 0.5), 1)
      return annualLogSd * annualLogSd
    })
    expect(mean(squares) / (0.425 * 0.425)).toBeCloseTo(1, 1)
  })

  it('finds the half-life itself where the history is long', () => {
    const { halfLifeYears, annualLogSd } = fittedReversion(madeHistory(7, 200, 0.1))
    expect(halfLifeYears).toBeGreaterThan(0.6)
    expect(halfLifeYears).toBeLessThan(1.6)
    expect(annualLogSd / 0.425).toBeCloseTo(1, 1)
  })

  it('does not mind that prices lie apart by turns', () => {
    const history = madeHistory(3, 60, 0.05).filter((_, i) => i % 7 < 3)
    expect(fittedReversion(history, 1).annualLogSd / 0.425).toBeCloseTo(1, 1)
  })

  it('asks for three prices in order', () => {
    const two = madeHistory(1, 1, 0.5).slice(0, 2)
    expect(() => fittedReversion(two)).toThrow('2 prices; must be at least 3')
    expect(() => fittedReversion([...two, two[1]])).toThrow('price 2 is not later')
  })
})
