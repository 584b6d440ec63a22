import { describe, expect, it } from 'vitest'
import { SweepTable } from '../../src/cli/sweep-table.ts'
import { boundedInterval, type Interval, meanInterval } from '../../src/statistics/interval.ts'
import type { Estimate } from '../../src/sweeps/estimates.ts'

function estimate(policy: string, metric: string, interval: Interval, note = ''): Estimate {
  const point = { levels: [], policy, hash: policy }
  return { point, group: 'all', name: 'all', metric, interval, method: 'mean', saturated: 0, note }
}

function tableOf(...points: readonly (readonly Estimate[])[]): string {
  const table = new SweepTable([])
  for (const point of points) table.add(point)
  return table.text(0.95)
}

describe('the table of a sweep', () => {
  it('tells an interval by half its width, and by its ends where it is lopsided', () => {
    const text = tableOf(
      [estimate('even', 'usd', meanInterval([1, 2, 3], 0.95))],
      [estimate('lopsided', 'usd', boundedInterval(0.9, [0.5, 1], 3, 0.95))],
      [estimate('alike', 'usd', meanInterval([1, 1, 1 + 1e-15], 0.95))],
      [estimate('single', 'usd', boundedInterval(0.9, [0, 1], 1, 0.95))],
    )
    expect(text).toMatch(/^even +2\.00 ± 2\.48$/m)
    expect(text).toMatch(/^lopsided +0\.90 \(0\.50 to 1\.00\)$/m)
    expect(text).toMatch(/^alike +1\.00 ± 0$/m)
    expect(text).toMatch(/^single +0\.900$/m)
  })

  it('marks the lines that say less than they seem to, and has a line for each reason', () => {
    const some = meanInterval([1, 2, 3], 0.95)
    const grew = 'the queue still grew in 2 of 3 replications'
    const few = 'of fewer than the 1000 requests that it takes in 3 of 3 replications'
    const text = tableOf(
      [estimate('calm', 'usd', some), estimate('calm', 'p99', some, few)],
      [estimate('full', 'usd', some, grew), estimate('full', 'p99', some, `${few}; ${grew}`)],
    )
    expect(text).toMatch(/^calm +a +2\.00/m)
    expect(text).toMatch(/^full +ab +2\.00/m)
    expect(text).toContain('! a: p99 of fewer than the 1000 requests that it takes in')
    expect(text).toContain('! b: the queue still grew in some or all replications (1 of 2 lines).')
  })

  it('has no column of marks where there is nothing to beware of', () => {
    expect(tableOf([estimate('calm', 'usd', meanInterval([1, 2, 3], 0.95))])).not.toContain('!')
  })
})
