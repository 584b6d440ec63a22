import { describe, expect, test } from 'vitest'
import { stream } from '../../src/core/random.ts'
import { blockStarts } from '../../src/statistics/block-bootstrap.ts'
import { meanInterval } from '../../src/statistics/interval.ts'
import { mean, standardError } from '../../src/statistics/moments.ts'
import { pairedDifference } from '../../src/statistics/paired.ts'
import { attainmentInterval } from '../../src/statistics/proportion.ts'
import { criticalT } from '../../src/statistics/quantile-functions.ts'
import { errorCovariance, type Sampling } from '../../src/statistics/sampling.ts'
import { experiments, normalRows, share } from './draws.ts'

const TRACES = experiments(400, 2000)
const LENGTH = 400
const BLOCK = LENGTH / 20
const FOUR_ERRORS = 4 * Math.sqrt((0.05 * 0.95) / TRACES)

/** A trace's mean, and those of traces drawn from it in blocks. */
function replicationsOf(trace: readonly number[], name: string, replications: number): number[] {
  return Array.from({ length: replications }, (_, r) => {
    if (r === 0) return mean(trace)
    const starts = blockStarts(LENGTH, BLOCK, stream(`${name}/${r}`, 'blocks'))
    const drawn = Array.from(starts).flatMap(start =>
      Array.from({ length: BLOCK }, (_, i) => trace[(Math.floor(start) + i) % LENGTH]),
    )
    return mean(drawn)
  })
}

/** How often A is called different from a B that is as good, though not on this very trace. */
function calledDifferent(replications: number, sampling: Sampling): number {
  const traces = normalRows('traces', TRACES, LENGTH)
  return share(traces, trace => {
    const b = Array.from({ length: replications }, () => 10)
    const a = replicationsOf(trace, `${trace[0]}`, replications).map(value => 10 + value)
    return pairedDifference(a, b, 0.95, sampling).pValue < 0.05
  })
}

describe('draws of a trace', () => {
  test.each([4, 8, 20])(
    'call A different from an equal B in a twentieth of the traces, by %i of them',
    replications => {
      const wrong = calledDifferent(replications, 'redrawn')
      expect(wrong).toBeGreaterThan(0.01)
      // Blocks of twenty know the spread of the trace to a few percent.
      expect(wrong).toBeLessThan(0.05 + FOUR_ERRORS + 0.02)
    },
  )

  test('do so in half of the traces where they are taken for independent', () => {
    expect(calledDifferent(8, 'independent')).toBeGreaterThan(0.4)
  })

  test('give no narrower an interval the more there are', () => {
    const spread = (n: number) => [0, ...Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 1 : -1))]
    expect(meanInterval(spread(1000), 0.95, 'redrawn').halfWidth).toBeCloseTo(1.963, 2)
    expect(meanInterval(spread(4000), 0.95, 'redrawn').halfWidth).toBeCloseTo(1.961, 2)
  })

  test('leave the trace itself out of the spread, and need two', () => {
    const { estimate, halfWidth } = meanInterval([70, 1, 3], 0.95, 'redrawn')
    expect(estimate).toBeCloseTo(74 / 3, 12)
    expect(halfWidth).toBeCloseTo(criticalT(0.95, 1) * Math.SQRT2 * Math.sqrt(1 + 2 / 9), 9)
    expect(meanInterval([1, 2], 0.95, 'redrawn').halfWidth).toBe(Infinity)
    expect(pairedDifference([1, 2], [3, 3], 0.95, 'redrawn').pValue).toBeNaN()
  })

  test('all alike are no surer than the signs of those drawn', () => {
    expect(pairedDifference([2, 2, 2], [1, 1, 1], 0.95, 'redrawn').pValue).toBe(0.5)
  })

  test('have the requests of one trace for a share among them', () => {
    const [shares, requests] = [Array(9).fill(1), Array(9).fill(100)]
    const once = attainmentInterval([1], [100], 0.95).low
    expect(once).toBe(0)
    expect(attainmentInterval(shares, requests, 0.95, 'redrawn').low).toBeCloseTo(0.963, 3)
    expect(attainmentInterval(shares, requests, 0.95).low).toBeGreaterThan(0.99)
  })

  test('tell a relative difference from 0 as they do the difference', () => {
    const rows = normalRows('relative', 300, 6)
    for (const row of rows) {
      const b = row.map((value, i) => 20 + value / 3 + i / 10)
      const a = b.map((value, i) => value + row[(i + 1) % 6] + 1)
      const { difference, relative, pValue } = pairedDifference(a, b, 0.95, 'redrawn')
      const excludes = ({ low, high }: { low: number; high: number }) => low > 0 || high < 0
      expect([excludes(difference), excludes(relative)]).toEqual([pValue < 0.05, pValue < 0.05])
    }
  })
})

test('independent values have the error of their mean', () => {
  expect(Math.sqrt(errorCovariance([1, 2, 4], [1, 2, 4], 'independent'))).toBeCloseTo(
    standardError([1, 2, 4]),
    12,
  )
})
