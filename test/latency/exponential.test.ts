import { describe, expect, it } from 'vitest'
import { Exponential } from '../../src/latency/exponential.ts'
import { mixedStep, NO_DECODES } from './steps.ts'

const DRAWS = 100_000

/** Durations of steps that agree in everything but their ordinal. */
function draws(model: Exponential, replica = 0): number[] {
  const one = [{ tokens: 128, cachedTokens: 0 }]
  return Array.from({ length: DRAWS }, (_, ordinal) =>
    model.stepSeconds(mixedStep(NO_DECODES, one, ordinal + 2 ** 32 * replica)),
  )
}

function expectUncorrelated(some: number[], others: number[]): void {
  let sum = 0
  for (let i = 0; i < DRAWS; i++) sum += (some[i] / 0.25 - 1) * (others[i] / 0.25 - 1)
  expect(Math.abs(sum / DRAWS)).toBeLessThan(4 / Math.sqrt(DRAWS))
}

describe('exponential steps', () => {
  const seconds = draws(new Exponential({ meanS: 0.25, key: 42 }))

  it('have the mean and the second moment asked for', () => {
    const mean = seconds.reduce((sum, s) => sum + s, 0) / DRAWS
    const square = seconds.reduce((sum, s) => sum + s * s, 0) / DRAWS
    expect(Math.abs(mean / 0.25 - 1)).toBeLessThan(4 / Math.sqrt(DRAWS))
    expect(Math.abs(square / (2 * 0.25 * 0.25) - 1)).toBeLessThan((4 * Math.sqrt(5)) / Math.sqrt(DRAWS))
  })

  it('fall into equally likely tenths', () => {
    const counts = new Array(10).fill(0)
    for (const s of seconds) counts[Math.floor(10 * Math.exp(-s / 0.25))]++
    const chiSquare = counts.reduce((sum, count) => sum + (count - DRAWS / 10) ** 2 / (DRAWS / 10), 0)
    expect(chiSquare).toBeLessThan(27.9)
  })

  it.each([1, 2, 16, 64])('do not depend on the step %i earlier', lag => {
    let sum = 0
    for (let i = lag; i < DRAWS; i++) sum += (seconds[i] / 0.25 - 1) * (seconds[i - lag] / 0.25 - 1)
    expect(Math.abs(sum / DRAWS)).toBeLessThan(4 / Math.sqrt(DRAWS))
  })

  it('are other draws under another key', () => {
    expectUncorrelated(seconds, draws(new Exponential({ meanS: 0.25, key: 43 })))
  })

  it.each([1, 2, 63])('are other draws on replica %i', replica => {
    expectUncorrelated(seconds, draws(new Exponential({ meanS: 0.25, key: 42 }), replica))
  })

  it('hold for one step at a time', () => {
    expect(new Exponential({ meanS: 1, key: 1 }).steadySteps()).toBe(1)
  })
})

describe('exponential decode steps', () => {
  it('have the mean asked for over contexts', () => {
    const model = new Exponential({ meanS: 2, key: 9 })
    let sum = 0
    for (let context = 0; context < DRAWS; context++) {
      sum += model.gapSeconds({ sequences: 3, contextTokens: context }, 1)
    }
    expect(Math.abs(sum / DRAWS / 2 - 1)).toBeLessThan(4 / Math.sqrt(DRAWS))
  })
})
