import { describe, expect, it } from 'vitest'
import { measured, pairable } from '../../src/sweeps/measured.ts'
import { metricColumns, USUAL_METRICS } from '../../src/sweeps/metrics.ts'
import { metricsIn, RATIOS, supportOf } from '../../src/sweeps/ratios.ts'
import { seriesOf } from './analysis/made.ts'

/** Dollars and tokens a second of windows of 100 s: per Mtok 4, 4 and 10. */
const COSTS = {
  usd_per_mtok: [4, 4, 10],
  cost_busy_usd: [3, 6, 5],
  cost_idle_usd: [1, 2, 5],
  output_tokens_per_s: [10_000, 20_000, 10_000],
  window_s: [100, 100, 100],
}

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b) / values.length

describe('an estimate', () => {
  it('of a ratio is that of the sums where these are known', () => {
    const { interval, method } = measured(seriesOf(COSTS), 'usd_per_mtok', 0.95)
    expect(method).toBe('ratio of sums')
    expect(interval.estimate).toBeCloseTo((4 + 8 + 10) / 4, 12)
    const { output_tokens_per_s: _, ...alone } = COSTS
    const without = measured(seriesOf(alone), 'usd_per_mtok', 0.95)
    expect([without.method, without.interval.estimate]).toEqual(['mean', 6])
  })

  it('of a ratio is there though one replication has no tokens to divide by', () => {
    const costs = {
      usd_per_good_mtok: [4, Number.NaN],
      cost_busy_usd: [4, 4],
      cost_idle_usd: [0, 2],
      goodput_tokens_per_s: [10_000, 0],
      window_s: [100, 100],
    }
    const { interval, note } = measured(seriesOf(costs), 'usd_per_good_mtok', 0.95)
    expect(interval.estimate).toBeCloseTo(10, 12)
    expect(note).toBe('')
  })

  it('of attainment is never surer than the number of requests allows', () => {
    const all = { slo_attainment: [1, 1, 1, 1], arrived_in_window: [25, 25, 25, 25] }
    const { interval, method } = measured(seriesOf(all), 'slo_attainment', 0.95)
    expect([method, interval.high]).toEqual(['attainment', 1])
    // Wilson's lower bound of 100 of 100: 1 / (1 + z² / n).
    expect(interval.low).toBeCloseTo(1 / (1 + 1.959964 ** 2 / 100), 5)
  })

  it('of a share stays among shares', () => {
    const { interval } = measured(seriesOf({ saturated: [0, 1] }), 'saturated', 0.95)
    expect([interval.low, interval.estimate, interval.high]).toEqual([0, 0.5, 1])
  })

  it('says where it rests on too few requests, is not defined, or the queue grew', () => {
    const columns = { ttft_p99_s: [1, 2, 3], arrived_in_window: [999, 1000, 500], saturated: [0, 1, 1] }
    expect(measured(seriesOf(columns), 'ttft_p99_s', 0.95).saturated).toBeCloseTo(2 / 3, 12)
    expect(measured(seriesOf(columns), 'ttft_p99_s', 0.95).note).toBe(
      'of fewer than the 1000 requests that it takes in 2 of 3 replications; the queue still grew in 2 of 3 replications',
    )
    const few = { ttft_p50_s: [1, Number.NaN], arrived_in_window: [20, 20] }
    expect(measured(seriesOf(few), 'ttft_p50_s', 0.95).note).toBe('not defined in 1 of 2 replications')
    expect(measured(seriesOf({ load: [1] }), 'load', 0.95).note).toContain('one replication')
  })
})

describe('values to be paired', () => {
  it('of a ratio have its estimate as their mean, and are the ratios where tokens are alike', () => {
    const values = pairable(seriesOf(COSTS), 'usd_per_mtok')
    expect(mean(values)).toBeCloseTo(5.5, 12)
    const alike = { ...COSTS, usd_per_mtok: [4, 8, 10], output_tokens_per_s: [10_000, 10_000, 10_000] }
    for (const [i, value] of pairable(seriesOf(alike), 'usd_per_mtok').entries()) {
      expect(value).toBeCloseTo([4, 8, 10][i], 12)
    }
  })

  it('of all else are the replications themselves', () => {
    expect([...pairable(seriesOf({ load: [1, 2] }), 'load')]).toEqual([1, 2])
  })
})

describe('support', () => {
  it('are columns of a run that were not asked for, and go with ratios that there are', () => {
    const names = metricColumns.filter(({ ofRun }) => ofRun !== undefined).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining([...Object.keys(RATIOS), ...supportOf(Object.keys(RATIOS))]))
    expect(supportOf(['ttft_p99_s', 'saturated'])).toEqual(['arrived_in_window'])
  })

  it('is told from what was asked for by the columns alone', () => {
    for (const metrics of [[...USUAL_METRICS], ['ttft_p99_s'], ['j_per_mtok', 'window_s', 'load']]) {
      expect(metricsIn([...metrics, ...supportOf(metrics)])).toEqual(metrics)
    }
    expect(metricsIn(['a', 'b'])).toEqual(['a', 'b'])
  })
})
