import { expect, test } from 'vitest'
import { loadClaim } from '../../../bench/claims/claim-file.ts'
import { transitionRows, yearsOf } from '../../../bench/claims/transition-trial.ts'
import type { Trial } from '../../../bench/claims/trial.ts'
import { quarterOf } from '../../../src/planning/transitions/quarters.ts'

const FILE = 'test/bench/claims/phases.yaml'

test('a quarter is a part of its year, and never is after all years', () => {
  expect(['2025-Q1', '2026-Q3'].map(text => yearsOf(quarterOf(text)))).toEqual([2025, 2026.5])
  expect(yearsOf(undefined)).toBe(Number.POSITIVE_INFINITY)
})

test('each window is judged by when the strategy overtakes in the draws', async () => {
  const rows = await transitionRows(loadClaim(FILE), FILE)
  const trials = rows.map(({ result }) => result as Trial)
  expect(rows.map(({ given }) => given.claimed)).toEqual([
    { low: 2025, high: 2025.75 },
    { low: 2026, high: 2026.75 },
  ])
  for (const [i, { ratio, band, verdict, subject, against }] of trials.entries()) {
    expect(band.low).toBeLessThanOrEqual(band.high)
    expect(ratio).toBe(trials[0].ratio)
    const { low, high } = rows[i].given.claimed
    if (band.low >= low && band.high <= high!) expect(verdict).toBe('holds')
    else if (band.high < low || band.low > high!) expect(verdict).toBe('does not')
    else expect(verdict).toBe('cannot be told')
    if (ratio < 2026) expect(subject.value).toBeLessThan(against.value)
  }
  expect(trials.filter(({ verdict }) => verdict === 'holds').length).toBeLessThan(2)
})
