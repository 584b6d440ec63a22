import { describe, expect, it } from 'vitest'
import { intervalsText } from '../../src/cli/interval-text.ts'
import type { IntervalRow } from '../../src/results/columns/intervals.ts'
import type { Doubt, RunInterval } from '../../src/results/run-interval.ts'

const FIGURES = [
  ['ttft_s', 'mean'],
  ['ttft_s', 'p99'],
  ['tpot_s', 'mean'],
  ['tpot_s', 'p99'],
  ['e2e_s', 'mean'],
  ['e2e_s', 'p99'],
  ['slo_attainment', 'share'],
  ['goodput_rps', 'rate'],
] as const

/** All figures of a policy, alike but for what is said of one. */
function rowsOf(policy: string, of: (figure: string) => Partial<RunInterval> = () => ({})): IntervalRow[] {
  return FIGURES.map(([metric, statistic]) => ({
    policy,
    interval: {
      ...{ metric, statistic, value: 0.4123, low: 0.3993, high: 0.4253, confidence: 0.95 },
      ...{ batches: 32, requests: 1000 },
      ...of(`${metric} ${statistic}`),
    },
  }))
}

const cells = (text: string, policy: string) =>
  text
    .split('\n')
    .find(line => line.startsWith(policy))!
    .split(/ {2,}/)

const doubting = (doubt: Doubt) => () => ({ low: Number.NaN, high: Number.NaN, doubt })

describe('the table of intervals', () => {
  it('has means give or take half a width, and quantiles and shares with both bounds, to two digits of it', () => {
    expect(cells(intervalsText(rowsOf('mine')), 'mine')).toEqual([
      'mine',
      '0.412 ± 0.013',
      '0.412 (0.399 to 0.425)',
      '412 ± 13',
      '412 (399 to 425)',
      '0.412 ± 0.013',
      '0.412 (0.399 to 0.425)',
      '41.2 (39.9 to 42.5)',
      '0.412 ± 0.013',
    ])
  })

  it('has a point where nothing varies', () => {
    const text = intervalsText(rowsOf('mine', () => ({ value: 2, low: 2, high: 2 })))
    expect(cells(text, 'mine').slice(1, 3)).toEqual(['2.00 ± 0', '2.00 (2.00 to 2.00)'])
  })

  it('has no more than two decimals of a percentage', () => {
    const text = intervalsText(rowsOf('mine', () => ({ value: 1, low: 0.999987, high: 1 })))
    expect(cells(text, 'mine')[7]).toBe('100.00 (100.00 to 100.00)')
  })

  it('has no number of what the run does not tell, and says how many requests more would, by policy', () => {
    const short = (figure: string) =>
      figure === 'e2e_s p99' || figure === 'ttft_s p99'
        ? doubting({ why: 'short', moreRequests: figure === 'e2e_s p99' ? 1200 : 300 })()
        : {}
    const text = intervalsText([...rowsOf('slow', short), ...rowsOf('quick')])
    expect(cells(text, 'slow')[6]).toBe('too short')
    expect(cells(text, 'slow')[1]).toBe('0.412 ± 0.013')
    expect(text).toMatch(/so many requests more, at\s+least: slow 1200\./)
    expect(text).not.toMatch(/Unstable|Unsettled/)
  })

  it('says what is unstable, what is unsettled and until when, and leaves blank what is not defined', () => {
    const text = intervalsText([
      ...rowsOf('crowded', doubting({ why: 'saturated' })),
      ...rowsOf('early', doubting({ why: 'unsettled', untilS: 34.5 })),
      ...rowsOf('silent', doubting({ why: 'undefined' })),
    ])
    expect(cells(text, 'crowded').slice(1)).toEqual(Array(8).fill('unstable'))
    expect(cells(text, 'early').slice(1)).toEqual(Array(8).fill('unsettled'))
    expect(cells(text, 'silent').slice(1)).toEqual(Array(8).fill('-'))
    expect(text).toMatch(/^Unstable: .* no interval of crowded\.$/m)
    expect(text).toMatch(/^Unsettled: .* early 34\.5\.$/m)
    expect(text).not.toMatch(/Too short/)
  })

  it('says that it compares no policies, and what does', () => {
    expect(intervalsText(rowsOf('mine')).replaceAll('\n', ' ')).toMatch(
      /regatta sweep and then compare tell their differences, paired over replications/,
    )
  })
})
