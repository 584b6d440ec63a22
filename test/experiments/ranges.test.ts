import { describe, expect, it } from 'vitest'
import type { Standing } from '../../src/experiments/race.ts'
import { verdicts } from '../../src/experiments/ranges.ts'
import { ranked, rankings } from '../../src/experiments/ranking.ts'
import { figuresOf } from '../../src/results/figures.ts'
import { madeReplica, madeResult } from '../results/made.ts'

/** Policies a, b, ... with so many good tokens each; the p99 of TTFT is the same. */
function standings(...goodTokens: number[]): Standing[] {
  return goodTokens.map((attainedTokens, i) => {
    const name = 'abc'[i]
    const result = madeResult({ attainedTokens, ttft: { count: 1, mean: 1, p50: 1, p90: 1, p99: 1 } })
    return { entrant: { name, label: name }, result, figures: figuresOf(result) }
  })
}

function verdictOn(given: Standing[], pessimistic: Standing[], optimistic: Standing[]) {
  const ends = [
    { stance: 'pessimistic', standings: pessimistic },
    { stance: 'optimistic', standings: optimistic },
  ] as const
  return verdicts(given, ends)[0]
}

describe('a verdict', () => {
  it('holds where all stay in order, or closer than counts', () => {
    const verdict = verdictOn(standings(1000, 900), standings(500, 400), standings(999, 1000))
    expect(verdict).toMatchObject({ ranking: 'goodputPerUsd', best: 'a', isWinnerSafe: true, flips: [] })
    expect(verdict.bestAt).toEqual({ pessimistic: 'a', optimistic: 'a' })
  })

  it('names the pair that changes places and where', () => {
    const verdict = verdictOn(standings(1000, 900, 100), standings(1000, 900, 950), standings(800, 900, 100))
    expect(verdict.flips).toEqual([
      { stance: 'pessimistic', ahead: 'b', overtaker: 'c' },
      { stance: 'optimistic', ahead: 'a', overtaker: 'b' },
    ])
    expect(verdict.isWinnerSafe).toBe(false)
    expect(verdict.bestAt).toEqual({ pessimistic: 'a', optimistic: 'b' })
  })

  it('does not take a draw that is broken for a flip of the pair', () => {
    const verdict = verdictOn(standings(1000, 999), standings(500, 1000), standings(1000, 999))
    expect(verdict.flips).toEqual([])
    expect(verdict.isWinnerSafe).toBe(false)
  })
})

describe('the ranking by goodput per $', () => {
  const order = (given: Standing[]) =>
    ranked(given, rankings.goodputPerUsd).map(({ entrant }) => entrant.label)

  it('puts the best first and keeps equals in order', () => {
    expect(order(standings(5, 9, 5))).toEqual(['b', 'a', 'c'])
  })

  it('ranks by goodput alone where nothing has a price', () => {
    const unpriced = standings(5, 9, 0).map(({ entrant, result }) => {
      const free = { ...result, replicas: [madeReplica({ usdPerHour: Number.NaN })] }
      return { entrant, result: free, figures: figuresOf(free) }
    })
    expect(order(unpriced)).toEqual(['b', 'a', 'c'])
  })
})
