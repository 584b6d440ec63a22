import { beforeAll, describe, expect, test } from 'vitest'
import { loadClaim } from '../../../bench/claims/claim-file.ts'
import { claimsMarkdown, lessonsIn } from '../../../bench/claims/markdown.ts'
import { type ClaimRow, rowsIn } from '../../../bench/claims/rows.ts'
import { claimsCsv } from '../../../bench/claims/table.ts'
import type { Trial } from '../../../bench/claims/trial.ts'

const FILE = 'test/bench/claims/small.yaml'

describe('a claim tried end to end', () => {
  let rows: ClaimRow[]
  const trialOf = (index: number) => rows[index].result as Trial

  beforeAll(async () => {
    rows = await rowsIn(FILE)
  })

  test('has a row for each work, subject, other, terms and utilisation, in order', () => {
    expect(rows.map(({ given }) => [given.against, given.terms?.against, given.utilisation])).toEqual([
      ['H100', undefined, 0.5],
      ['H100', undefined, 1],
      ['H100', 'rented', 1],
      ['H100', 'owned', 1],
      ['Inferentia2', 'rented', 1],
      ['Inferentia2', 'owned', 1],
    ])
  })

  test('takes for each side the layout of which a device serves most', () => {
    expect(trialOf(1).subject.way).toEqual({ tp: 1 })
  })

  test('software that is faster on the same device spends fewer joules on the same requests', () => {
    const { ratio, band, verdict, strongest } = trialOf(1)
    expect(ratio).toBeGreaterThan(1.3)
    expect(ratio).toBeLessThan(2.1)
    expect(band.low).toBeGreaterThan(1.1)
    expect(verdict).toBe('holds')
    expect(strongest).toBeUndefined()
  })

  test('a unit costs more joules where less is asked for', () => {
    for (const side of ['subject', 'against'] as const) {
      expect(trialOf(0)[side].value).toBeGreaterThan(1.2 * trialOf(1)[side].value)
    }
  })

  test('terms move the $ of the side that they are of, and of no other', () => {
    expect(trialOf(2).subject.value).toBe(trialOf(3).subject.value)
    expect(trialOf(2).against.value).not.toBe(trialOf(3).against.value)
  })

  test('the ratio is the one of the two values', () => {
    for (const row of rows.slice(0, 5)) {
      const { ratio, subject, against } = row.result as Trial
      expect(ratio).toBe(against.value / subject.value)
    }
  })

  test('a case without a price says so by name and has no figures', () => {
    expect(rows[5].result).toEqual({
      why: expect.stringContaining('aws-inf2.48xlarge cannot be owned, its capexUsd is not known'),
    })
    expect(claimsCsv([rows[5]]).split('\n')[1]).toMatch(
      /^small,8b,.*,,,,.*aws-inf2\.48xlarge cannot be owned/,
    )
  })

  test('has the same bytes when run again', async () => {
    expect(claimsCsv(await rowsIn(FILE))).toBe(claimsCsv(rows))
  })

  test('reads as tables, and keeps what was written by hand', () => {
    const tried = [{ claim: loadClaim(FILE).claim, rows }]
    const markdown = claimsMarkdown(tried, 'Lessons.\n\n- One.')
    expect(lessonsIn(markdown)).toBe('Lessons.\n\n- One.')
    expect(markdown).toContain('| small. An island of eight is faster than one of two. | 5 of 6 |')
    expect(markdown).toContain(
      'Not run:\n\n- 8b: H100 with faster software (owned) against Inferentia2 (owned)',
    )
    expect(markdown).not.toMatch(/undefined|NaN/)
  })
})

describe('a mistake in the file', () => {
  test('names the nearest pool', () => {
    expect(() => loadClaim('test/bench/claims/mistaken.yaml')).toThrow(
      /mistaken\.yaml:\d+:\d+: cases\[0\]\.against: "H10"; .*H100/,
    )
  })
})
