import { describe, expect, it } from 'vitest'
import { stream } from '../../../src/core/random.ts'
import type { FleetRun } from '../../../src/planning/fleets/truth.ts'
import { measuredOf, overLimits, verdictOf } from '../../../src/planning/fleets/verdict.ts'
import type { Sampling } from '../../../src/statistics/sampling.ts'

function run(attainment: number, changes: Partial<FleetRun> = {}): FleetRun {
  return {
    attainment,
    requests: 100_000,
    load: 0.7,
    isSaturated: false,
    ttftP99S: 1,
    tpotP99S: 0.05,
    e2eP99S: 10,
    outputTokensPerS: 1000,
    watts: 500,
    usdPerHour: 36,
    gramsPerHour: 180,
    gpuShare: 0.5,
    ...changes,
  }
}

const verdict = (runs: readonly FleetRun[], terms = {}) =>
  verdictOf(measuredOf([1], runs, 0.95, 'independent'), { objective: 0.95, ...terms })

describe('a verdict on a fleet', () => {
  it('is feasible where the whole interval holds, infeasible where all of it fails, else unclear', () => {
    expect(verdict([run(0.97), run(0.971), run(0.972)])).toBe('feasible')
    expect(verdict([run(0.93), run(0.931), run(0.932)])).toBe('infeasible')
    expect(verdict([run(0.94), run(0.96), run(0.98)])).toBe('unclear')
  })

  it('is unclear of a mean that holds by less than its interval', () => {
    expect(verdict([run(0.951), run(0.999)])).toBe('unclear')
  })

  it('is not feasible with a run that saturates, and infeasible with most', () => {
    const saturated = run(0.99, { isSaturated: true })
    expect(verdict([run(0.99), run(0.99), saturated])).toBe('unclear')
    expect(verdict([run(0.99), saturated, saturated])).toBe('infeasible')
  })

  it('is not feasible of a fleet that gets more than saturates it, whose queue grows once the runs are over', () => {
    expect(verdict([run(1, { load: 1 }), run(1, { load: 1 })])).toBe('feasible')
    expect(verdict([run(1, { load: 1.06 }), run(1, { load: 1.06 })])).toBe('unclear')
  })

  it('is infeasible above the budget and below the share of the GPUs', () => {
    const runs = [run(0.99), run(0.99)]
    expect(verdict(runs, { usdPerHour: 36 })).toBe('feasible')
    expect(verdict(runs, { usdPerHour: 35.9 })).toBe('infeasible')
    expect(verdict(runs, { gpuShare: 0.5 })).toBe('feasible')
    expect(verdict(runs, { gpuShare: 0.51 })).toBe('infeasible')
  })
})

describe('a verdict on draws from one trace', () => {
  /** Like a normal value of standard deviation 1. */
  const chance = (random: () => number) => Array.from({ length: 12 }, random).reduce((a, b) => a + b) - 6

  function feasibleShare(objectiveAt: number, sampling: Sampling): number {
    const random = stream('verdicts', sampling)
    const tries = 2000
    const passed = Array.from({ length: tries }, () => {
      // The trace lies around the truth as draws lie around the trace.
      const trace = objectiveAt + 0.005 * chance(random)
      const draws = Array.from({ length: 7 }, () => run(trace + 0.005 * chance(random)))
      const measured = measuredOf([1], [run(trace), ...draws], 0.95, sampling)
      return verdictOf(measured, { objective: 0.9 }) === 'feasible'
    })
    return passed.filter(Boolean).length / tries
  }

  it('is falsely feasible no oftener than its confidence says, where that of as many traces would be', () => {
    expect(feasibleShare(0.9, 'redrawn')).toBeLessThan(0.04)
    expect(feasibleShare(0.9, 'independent')).toBeGreaterThan(0.1)
  })
})

describe('what a fleet comes to', () => {
  it('per million tokens is the sum of all runs over their tokens', () => {
    const runs = [run(0.99, { outputTokensPerS: 500, usdPerHour: 36 }), run(0.99, { usdPerHour: 18 })]
    const { usdPerMtok, joulesPerMtok, gramsPerMtok } = measuredOf([1], runs, 0.95, 'independent')
    // 1500 tokens a second over both are 5.4 million an hour.
    expect(usdPerMtok.estimate).toBeCloseTo(54 / 5.4, 9)
    expect(joulesPerMtok.estimate).toBeCloseTo((1000 * 3600) / 5.4, 6)
    expect(gramsPerMtok.estimate).toBeCloseTo(360 / 5.4, 9)
  })

  it('an unknown price is NaN and spares the rest', () => {
    const { usdPerHour, usdPerMtok, watts } = measuredOf(
      [1],
      [run(1, { usdPerHour: Number.NaN }), run(1)],
      0.95,
      'independent',
    )
    expect([usdPerHour.estimate, usdPerMtok.estimate]).toEqual([Number.NaN, Number.NaN])
    expect(watts.estimate).toBe(500)
  })
})

it('limits are broken by shares of the budget and of the requests', () => {
  expect(overLimits(11, 0.5, { objective: 1, usdPerHour: 10, gpuShare: 0.7 })).toBeCloseTo(0.3, 9)
  expect(overLimits(9, 0.8, { objective: 1, usdPerHour: 10, gpuShare: 0.7 })).toBe(0)
})
