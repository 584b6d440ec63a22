import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { COURSES, experimentFile } from '../bench/league/courses.ts'
import { entryOf } from '../bench/league/entries.ts'
import { plusMinus } from '../bench/league/figures.ts'
import { leagueMarkdown, lessonsIn } from '../bench/league/markdown.ts'
import { METRICS, standingsOf } from '../bench/league/standings.ts'
import { COLUMNS, leagueRecords } from '../bench/league/table.ts'
import { policies } from '../src/routing/registry.ts'
import type { SavedResults } from '../src/sweeps/analysis/saved-results.ts'
import { loadExperiment } from '../src/sweeps/load-experiment.ts'
import { policyLabels } from '../src/sweeps/points.ts'

const RENEW = 'the committed league table is out of date: npm run league renews it, in about five minutes'
const registry = Object.keys(policies).sort()
const csv = readFileSync('bench/results/league.csv', 'utf8')
const markdown = readFileSync('bench/results/league.md', 'utf8')
const records = leagueRecords(csv)

describe.each(COURSES)('the course $id', course => {
  const experiment = loadExperiment(experimentFile(course))
  const own = records.filter(record => record.course === course.id)

  test('lets every policy of the registry run', () => {
    const missing = `${experimentFile(course)} is to name every policy of the registry`
    expect(policyLabels(experiment).sort(), missing).toEqual(registry)
  })

  test('has a line of the committed table for each of them', () => {
    expect(own.map(({ policy }) => policy).sort(), RENEW).toEqual(registry)
  })

  test('has in the committed table the metrics and the replications of its experiment', () => {
    const has = METRICS.filter(metric => own.some(record => record[metric] !== ''))
    expect(has.toSorted(), RENEW).toEqual(experiment.metrics.map(({ name }) => name).sort())
    expect([...new Set(own.map(({ replications }) => replications))], RENEW).toEqual([
      String(experiment.replications.least),
    ])
  })

  test('has one best policy, and nobody that is told from it stands before it', () => {
    expect(own.filter(({ against_best }) => against_best === 'best')).toHaveLength(1)
    const ahead = own.filter(({ entry, against_best }) => entry === 'policy' && against_best === 'ahead')
    expect(ahead).toEqual([])
  })
})

test('the committed table has the columns that npm run league writes', () => {
  expect(Object.keys(records[0]), RENEW).toEqual(COLUMNS.map(({ name }) => name))
})

test('the committed Markdown is made of the committed CSV, and teaches something', () => {
  const lessons = lessonsIn(markdown)
  expect(lessons).not.toBe('')
  expect(markdown, RENEW).toBe(`${leagueMarkdown(records, lessons)}\n`)
})

describe('standings', () => {
  const standings = standingsOf(
    results({
      random: [0.69, 0.76, 0.71, 0.74, 0.72],
      'least-requests': [0.9, 0.95, 0.91, 0.94, 0.92],
      'least-tokens': [0.9, 0.95, 0.91, 0.94, 0.92],
      'power-of-two': [0.91, 0.94, 0.92, 0.93, 0.9],
      flood: [0, 0, 0, 0, 0],
      'oracle-least-expected-latency': [0.98, 1, 0.99, 1, 0.99],
    }),
    0.95,
    entryOf,
  )
  const of = (policy: string) => standings.find(each => each.policy === policy)!

  test('who does equally well shares a place, and who is named later is said to be the same', () => {
    expect(of('least-requests')).toMatchObject({ place: 1, againstBest: 'best', sameAs: '' })
    expect(of('least-tokens')).toMatchObject({
      place: 1,
      againstBest: 'cannot tell',
      sameAs: 'least-requests',
    })
  })

  test('who is behind within chance cannot be told, and who is far behind is', () => {
    expect(of('power-of-two')).toMatchObject({ place: 3, againstBest: 'cannot tell', sameAs: '' })
    expect(of('power-of-two').behind.mean).toBeCloseTo(0.004, 12)
    expect(of('random')).toMatchObject({ place: 4, againstBest: 'behind' })
    expect(of('random').behind.mean).toBeCloseTo(0.2, 12)
  })

  test('oracle and controls have the place they would have and take nobody the first', () => {
    expect(of('oracle-least-expected-latency')).toMatchObject({
      entry: 'oracle',
      place: 1,
      againstBest: 'ahead',
    })
    expect(of('flood')).toMatchObject({ entry: 'control', place: 5, againstBest: 'behind' })
  })
})

test('figures have two digits of half their width, and what has none or no end says so', () => {
  expect(plusMinus(92.4375, 1.8421)).toBe('92.4 ± 1.8')
  expect(plusMinus(1972.4, 363.2)).toBe('1972 ± 363')
  expect(plusMinus(0.0613, 0.00283)).toBe('0.0613 ± 0.0028')
  expect(plusMinus(1, 0)).toBe('1')
  expect(plusMinus(1334.2, Number.NaN)).toBe('1330 ± ?')
})

/** Attainments by policy and replication, as a sweep without factors has them. */
function results(attainments: Record<string, number[]>): SavedResults {
  const points = Object.entries(attainments).map(([policy, values]) => ({
    levels: [],
    policy,
    cells: values.map((value, replication) => ({
      replication,
      rows: [{ group: 'all' as const, name: 'all', values: [value] }],
    })),
  }))
  return { factors: [], columns: ['slo_attainment'], points }
}
