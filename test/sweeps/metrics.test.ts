import { expect, it } from 'vitest'
import { classColumns } from '../../src/results/columns/classes.ts'
import { summaryColumns } from '../../src/results/columns/summary.ts'
import { TITLES } from '../../src/sweeps/metric-titles.ts'
import { metricColumns, metricsNamed, USUAL_METRICS } from '../../src/sweeps/metrics.ts'
import { messageOf } from '../scenario/helpers.ts'

/** Columns of texts. */
const WORDS = ['policy', 'by', 'name', 'tier']

it('are all columns of numbers, and those alone', () => {
  const columns = new Set([...summaryColumns, ...classColumns].map(({ name }) => name))
  const numbers = [...columns].filter(name => !WORDS.includes(name))
  expect(metricColumns.map(({ name }) => name)).toEqual(numbers)
  expect(Object.keys(TITLES).toSorted()).toEqual(numbers.toSorted())
})

it('are told apart by their titles, and say which way is better', () => {
  expect(new Set(metricColumns.map(({ title }) => title)).size).toBe(metricColumns.length)
  const [ttft, attained, load] = metricsNamed(['ttft_p99_s', 'slo_attainment', 'load'])
  expect([ttft.better, attained.better, load.better]).toEqual(['lower', 'higher', undefined])
})

it('are those of a run for most uses, and have names to be found by', () => {
  expect(metricsNamed(USUAL_METRICS).every(({ ofRun }) => ofRun !== undefined)).toBe(true)
  expect(messageOf(() => metricsNamed(['slo_atainment']))).toContain('did you mean slo_attainment')
})
