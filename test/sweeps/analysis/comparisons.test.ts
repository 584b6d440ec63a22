import { describe, expect, it } from 'vitest'
import { stream } from '../../../src/core/random.ts'
import { moreToSeparate } from '../../../src/statistics/sequential.ts'
import { comparisonColumns } from '../../../src/sweeps/analysis/comparison-columns.ts'
import { type Comparison, comparisonsOf } from '../../../src/sweeps/analysis/comparisons.ts'
import { checkAgainst, comparable, contextsOf } from '../../../src/sweeps/analysis/contexts.ts'
import { messageOf } from '../../scenario/helpers.ts'
import { contextOf, joined, type Made, resultsOf } from './made.ts'

const QUESTION = { metrics: ['ttft_p99_s'], confidence: 0.95 }

const compared = (policies: Made, question = QUESTION) => comparisonsOf([contextOf(policies)], question)
const ttft = (...values: readonly number[]) => ({ ttft_p99_s: values })

/** About normal: a sum of twelve uniform draws. */
function noise(seed: string, count: number): number[] {
  const random = stream(seed, 'noise')
  return Array.from({ length: count }, () => Array.from({ length: 12 }, random).reduce((a, b) => a + b) - 6)
}

describe('a comparison', () => {
  it('goes by the differences of replications, however much these differ among themselves', () => {
    const common = noise('common', 8).map(value => 100 * value)
    const [found] = compared({
      a: ttft(...common.map((value, i) => value + 0.01 * i)),
      b: ttft(...common.map(value => value + 1)),
    })
    expect(found.outcome).toBe('below')
    expect(found.difference.estimate).toBeCloseTo(0.035 - 1, 9)
    expect(found.difference.halfWidth).toBeLessThan(0.05)
  })

  it('tells what is the same everywhere from what cannot be told', () => {
    const [same, open] = compared({ a: ttft(1, 2, 3), b: ttft(1, 2, 3), c: ttft(2, 1, 3.1) })
    expect([same.outcome, open.outcome]).toEqual(['same', 'open'])
    const [single] = compared({ a: ttft(1), b: ttft(2) })
    expect([single.outcome, single.note]).toEqual(['open', '1 replication'])
  })

  it('is open where a metric is not defined in a replication, and says so', () => {
    const [found] = compared({ a: ttft(1, 2, 3, 4, 5), b: ttft(9, Number.NaN, 9, 9, 9) })
    expect(found.outcome).toBe('open')
    expect(found.note).toBe('b is not defined in 1 of 5 replications')
  })

  it('takes the replications that both have, and says how many these are', () => {
    const [found] = compared({ a: ttft(1, 2, 3, 4, 5, 6, 70), b: ttft(2, 3, 4.1, 5, 6, 7) })
    expect(found.replications).toBe(6)
    expect(found.a.mean).toBe(3.5)
    expect(found.outcome).toBe('below')
    expect(found.note).toBe('of 7 and 6 replications 6 are paired')
  })

  it('is judged among all of its metric: what is clear by itself may not be among many', () => {
    const b = noise('b', 10)
    const a = b.map((value, i) => value + 0.5 + 0.55 * noise('gain', 10)[i])
    const [alone] = compared({ a: ttft(...a), b: ttft(...b) })
    const others = Object.fromEntries([...'cdefgh'].map(name => [name, ttft(...noise(name, 10))]))
    const [among] = compared({ a: ttft(...a), b: ttft(...b), ...others })
    expect([alone.family, alone.adjustedP]).toEqual([1, alone.pValue])
    expect([among.family, among.pValue]).toEqual([28, alone.pValue])
    expect([alone.outcome, among.outcome]).toEqual(['above', 'open'])
  })

  it('asks of more replications what the correction asks: more of them among many comparisons', () => {
    const b = noise('b', 10)
    const a = b.map((value, i) => value + 0.1 + noise('gain', 10)[i])
    const [alone] = compared({ a: ttft(...a), b: ttft(...b) })
    const others = Object.fromEntries([...'cdefgh'].map(name => [name, ttft(...noise(name, 10))]))
    const [among] = compared({ a: ttft(...a), b: ttft(...b), ...others })
    const gains = a.map((value, i) => value - b[i])
    expect([alone.more, among.more]).toEqual([
      moreToSeparate(gains, 0.95),
      moreToSeparate(gains, 1 - 0.05 / 28),
    ])
    expect(among.more).toBeGreaterThan(alone.more)
  })

  it('says how many more replications would tell on the strength of five, and of fewer nothing', () => {
    const moreOf = (...gains: number[]) =>
      compared({ a: ttft(...gains.map(gain => 3 + gain)), b: ttft(...gains.map(() => 3)) })[0]
    const [four, five] = [moreOf(1, -1, 2, 0.5), moreOf(1, -1, 2, 0.5, -0.7)]
    const cell = (of: Comparison) =>
      comparisonColumns([four.context])
        .find(({ name }) => name === 'more_replications')!
        .value(of)
    expect([four.outcome, four.more, cell(four)]).toEqual(['open', Number.NaN, Number.NaN])
    expect(five.more).toBeGreaterThan(5)
    expect(cell(five)).toBe(five.more)
  })

  it('of draws from one trace goes by their spread, and no more of them would tell', () => {
    const policies = { a: ttft(3, 2, 3, 4, 3, 2, 4, 3), b: ttft(2, 2, 2, 2, 2, 2, 2, 2) }
    const [independent] = compared(policies)
    const [redrawn] = comparisonsOf([contextOf(policies, 'redrawn')], QUESTION)
    expect([independent.outcome, redrawn.outcome]).toEqual(['above', 'open'])
    expect([redrawn.sampling, redrawn.more]).toEqual(['redrawn', Infinity])
    expect(redrawn.difference.halfWidth).toBeGreaterThan(2.5 * independent.difference.halfWidth)
  })

  it('says where nothing differs by chance, and is not sure of two replications that do not', () => {
    const [found] = compared({ a: ttft(1, 1), b: ttft(0, 0) })
    expect([found.outcome, found.pValue]).toEqual(['open', 0.5])
    expect(found.note).toContain('of a nothing differs by chance in 2 of 2 replications')
  })

  it('calls policies different that are not no more often than it promises, all comparisons of a metric together', () => {
    const runs = 400
    let wrong = 0
    for (let run = 0; run < runs; run++) {
      const policies = Object.fromEntries(
        [...'abcd'].map(name => [name, ttft(...noise(`${run}/${name}`, 10))]),
      )
      wrong += compared(policies).some(({ outcome }) => outcome !== 'open') ? 1 : 0
    }
    // Four standard errors above 5 %.
    expect(wrong / runs).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / runs))
    expect(wrong).toBeGreaterThan(0)
  })
})

it('of ratios of sums calls none different that are not more often than it promises', () => {
  const runs = 500
  const costs = (seed: string) => {
    const dollars = noise(`${seed}/usd`, 12).map(value => 10 + value)
    const rates = noise(`${seed}/tokens`, 12).map((value, i) => 1000 * (9 + value + dollars[i] / 5))
    const filled = (value: number) => dollars.map(() => value)
    return {
      usd_per_mtok: dollars.map((value, i) => (1e6 * value) / (100 * rates[i])),
      ...{
        cost_busy_usd: dollars,
        cost_idle_usd: filled(0),
        output_tokens_per_s: rates,
        window_s: filled(100),
      },
    }
  }
  let wrong = 0
  for (let run = 0; run < runs; run++) {
    const policies = { a: costs(`${run}/a`), b: costs(`${run}/b`) }
    const [found] = compared(policies, { ...QUESTION, metrics: ['usd_per_mtok'] })
    wrong += found.outcome === 'open' ? 0 : 1
  }
  expect(wrong / runs).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / runs))
  expect(wrong / runs).toBeGreaterThan(0.01)
})

it('has in its file who is better, whichever way that is', () => {
  const low = [1, 2, 3, 4, 5, 6]
  const high = low.map((value, i) => value + 5 + i / 10)
  const metrics = ['ttft_p99_s', 'goodput_rps', 'load', 'retries', 'swaps']
  const columns = { ttft_p99_s: low, goodput_rps: low, load: low, retries: low, swaps: low }
  const others = {
    ttft_p99_s: high,
    goodput_rps: high,
    load: high,
    retries: low,
    swaps: [6, 5, 4, 3, 2, 1.5],
  }
  const contexts = [contextOf({ a: columns, b: others })]
  const rows = comparisonsOf(contexts, { metrics, confidence: 0.95 })
  const verdict = comparisonColumns(contexts).find(({ name }) => name === 'verdict')!
  expect(rows.map(row => verdict.value(row))).toEqual(['a', 'b', 'below', 'same', 'cannot tell'])
})

describe('what is compared', () => {
  const at = (load: string, nodes: string, made: Made) =>
    resultsOf(made, [load, nodes], ['workload.load', 'fleet.0.nodes'])
  const results = joined(
    at('0.5', '2', { a: ttft(1, 2), b: ttft(3, 4) }),
    at('0.9', '2', { a: ttft(5, 6), b: ttft(7, 8) }),
  )

  it('are policies at the same levels; levels that are everywhere the same tell nothing apart', () => {
    const contexts = contextsOf(results)
    expect(contexts.map(({ at }) => at)).toEqual([[['workload.load', '0.5']], [['workload.load', '0.9']]])
    expect(contexts[1].contenders.map(({ title }) => title)).toEqual(['a', 'b'])
  })

  it('are levels of a factor under the same policy where that is asked for', () => {
    const [ofA] = contextsOf(results, 'workload.load')
    expect(ofA.at).toEqual([['policy', 'a']])
    expect(ofA.contenders.map(({ title }) => title)).toEqual(['load 0.5', 'load 0.9'])
    const [found] = comparisonsOf([ofA], QUESTION)
    expect([found.a.mean, found.b.mean]).toEqual([1.5, 5.5])
  })

  it('are all with one, where one is given', () => {
    const contexts = [contextOf({ a: ttft(1, 2), b: ttft(3, 4), c: ttft(5, 6) })]
    const found = comparisonsOf(contexts, { ...QUESTION, against: 'b' })
    expect(found.map(({ a, b }) => [a.label, b.label])).toEqual([
      ['a', 'b'],
      ['c', 'b'],
    ])
  })

  it('must be there', () => {
    expect(messageOf(() => contextsOf(results, 'workload.lod'))).toContain('did you mean workload.load?')
    const contexts = contextsOf(results, 'fleet.0.nodes')
    expect(messageOf(() => comparable(contexts, 'fleet.0.nodes'))).toMatch(
      /one fleet\.0\.nodes at a time.*, or compare .*--factor workload\.load/,
    )
    expect(messageOf(() => checkAgainst(contextsOf(results), 'policy', 'aa'))).toContain('no such policy')
  })
})
