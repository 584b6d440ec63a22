import { describe, expect, it } from 'vitest'
import { sentence } from '../../src/cli/compare-sentences.ts'
import { comparisonText } from '../../src/cli/compare-text.ts'
import { uncertaintyText } from '../../src/cli/uncertainty-text.ts'
import { comparisonsOf } from '../../src/sweeps/analysis/comparisons.ts'
import { contextsOf } from '../../src/sweeps/analysis/contexts.ts'
import { drawsOf } from '../../src/sweeps/analysis/draws.ts'
import { uncertaintyOf } from '../../src/sweeps/analysis/uncertainty.ts'
import type { SweepManifest } from '../../src/sweeps/manifest.ts'
import { placesDrawn } from '../../src/sweeps/unknowns.ts'
import { joined, type Made, resultsOf } from '../sweeps/analysis/made.ts'
import { planWith } from '../sweeps/fakes.ts'

/** Around the middle in an even spread, so many steps to either side. */
const around = (middle: number, step: number) => [-2, -1, 0, 1, 2, 0].map(times => middle + times * step)
const alike = (value: number) => around(value, 0)

function compared(metric: string, a: readonly number[], b: readonly number[]) {
  const contexts = contextsOf(resultsOf({ 'power-of-two': { [metric]: a }, random: { [metric]: b } }))
  return comparisonsOf(contexts, { metrics: [metric], confidence: 0.95 })[0]
}

const told = (...given: Parameters<typeof compared>) => sentence(compared(...given))

describe('a sentence', () => {
  it('names the better one first, whichever way is better, and how far it is ahead of the other', () => {
    // t of 0.975 with 5 degrees of freedom is 2.571; s / √6 of the differences is 0.0577.
    expect(told('ttft_p99_s', around(9, 0.1), alike(10))).toBe(
      'power-of-two beats random on p99 TTFT by 10.0 % ± 1.5 %',
    )
    expect(told('ttft_p99_s', alike(10), around(9, 0.1))).toBe(
      'random beats power-of-two on p99 TTFT by 10.0 % ± 1.5 %',
    )
    expect(told('goodput_rps', around(11, 0.1), alike(10))).toContain('power-of-two beats random on goodput')
  })

  it('counts shares in points', () => {
    expect(told('slo_attainment', around(0.96, 0.01), alike(0.9))).toBe(
      'power-of-two beats random on SLO attainment by 6.0 ± 1.5 points, 96.0 against 90.0 %',
    )
  })

  it('says higher where neither way is better', () => {
    expect(told('load', around(0.6, 0.001), alike(0.5))).toContain(
      'power-of-two has a higher load than random by',
    )
  })

  it('counts in the unit of the metric where the base may be 0, or the interval is endless', () => {
    expect(told('retries', around(5, 1), alike(0))).toBe(
      'random beats power-of-two on retries by 5.0 ± 1.5, 0 against 5.00',
    )
  })

  it('gives both ends where the interval is far from even', () => {
    const base = [1, 2, 3, 4, 5, 6]
    expect(
      told(
        'ttft_p99_s',
        base.map(value => value / 10),
        base,
      ),
    ).toBe('power-of-two beats random on p99 TTFT by 90.0 % ± 0.0 %')
    const few = base.map((value, i) => value / 10 + [0.3, 0, 0, 0, 0, 0.2][i])
    expect(told('ttft_p99_s', few, base)).toMatch(/by 87\.\d+ % \(\d+\.\d+ to \d+\.\d+ %\)$/)
  })

  it('says how many more replications would tell, or that hardly any number would', () => {
    expect(told('ttft_p99_s', around(10.1, 0.3), alike(10))).toMatch(
      /^cannot tell power-of-two from random on p99 TTFT: random seems ahead by 1\.0 % ± 4\.4 %; about \d+ more replications would, if the difference is as large as it seems$/,
    )
    expect(told('ttft_p99_s', around(10.0001, 3), alike(10))).toMatch(
      /; more replications would hardly tell$/,
    )
  })

  it('says nothing of more replications on the strength of few, and has units where it has no percent', () => {
    expect(told('ttft_p99_s', [1, 2, 4], [2, 1, 1.1])).toMatch(
      /: random seems ahead by \d\.\d+ ± \d\.\d+ s, 1\.37 against 2\.33 s$/,
    )
    expect(told('ttft_p99_s', [10, 10.2, 9.9], [10, 10, 10])).toMatch(/seems ahead by 0\.3 % ± 3\.\d %$/)
  })

  it('says why it cannot tell where nothing can be', () => {
    expect(told('ttft_p99_s', [1], [2])).toContain('1 replication says nothing of chance')
    expect(told('ttft_p99_s', [1, Number.NaN], [2, 3])).toContain('not defined in every replication')
    expect(told('ttft_p99_s', [1, 2], [1, 2])).toBe(
      'power-of-two and random have the same p99 TTFT in every replication',
    )
  })
})

describe('the report of comparisons', () => {
  const policies: Made = {
    fast: { ttft_p99_s: alike(1), saturated: alike(0), load: alike(0.5) },
    slow: { ttft_p99_s: around(3, 0.1), saturated: [0, 0, 0, 0, 1, 1], load: alike(0.5) },
    slower: { ttft_p99_s: around(3, 0.1).reverse(), saturated: alike(0), load: alike(0.5) },
  }
  const report = (given: Made, metrics: readonly string[]) => {
    const contexts = contextsOf(resultsOf(given))
    return comparisonText(contexts, comparisonsOf(contexts, { metrics, confidence: 0.95 }))
  }

  it('has a table at a glance, its family, and what to beware of', () => {
    const text = report(policies, ['ttft_p99_s', 'load'])
    expect(text).toMatch(/^1 fast +\. +\+ +\+$/m)
    expect(text).toMatch(/^2 slow +- +\. +\?$/m)
    expect(text).toMatch(/Holm's\s+correction over the 3 comparisons of each metric/)
    expect(text).toMatch(/queue was still growing[\s\S]*\sslow \(2 of 6\)/)
    expect(text).toContain('Neither way is better on load.')
    expect(text).not.toContain('interval says little')
  })

  it('has a table and a heading of each metric, and of sentences against one a heading alone', () => {
    const text = report(policies, ['ttft_p99_s', 'load'])
    expect(text.match(/^1 fast /gm)).toHaveLength(2)
    expect(text).toMatch(/\.\n\nload:\n +1 +2 +3\n/)
    const contexts = contextsOf(resultsOf(policies))
    const question = { metrics: ['ttft_p99_s', 'load'], confidence: 0.95, against: 'fast' }
    const against = comparisonText(contexts, comparisonsOf(contexts, question))
    expect(against).toMatch(/^Of all requests\np99 TTFT:\n- .*\n- .*\n\nload:\n- /m)
  })

  it('warns of few replications', () => {
    const few = Object.fromEntries(['a', 'b'].map(name => [name, { ttft_p99_s: [1, 2, 3] }]))
    expect(report(few, ['ttft_p99_s'])).toContain('points with 3 replications; with fewer than 5')
  })

  it('leaves out what nobody would read, and says so', () => {
    const many = Object.fromEntries(
      [...'abcdefgh'].map(name => [name, { ttft_p99_s: alike(1), load: alike(1), tpot_p99_s: alike(1) }]),
    )
    const text = report(many, ['ttft_p99_s', 'load', 'tpot_p99_s'])
    expect(text.match(/^- /gm)).toHaveLength(56)
    expect(text).toContain('Not told: tpot_p99_s.')
  })
})

it('tells of as many combinations of levels as anybody reads, and how many more there are', () => {
  const ofLevel = (load: number) =>
    resultsOf({ a: { load: around(1, 0.1) }, b: { load: around(2, 0.1) } }, [String(load)], ['workload.load'])
  const contexts = contextsOf(joined(...Array.from({ length: 200 }, (_, load) => ofLevel(load))))
  const text = comparisonText(contexts, comparisonsOf(contexts, { metrics: ['load'], confidence: 0.95 }))
  expect(text.match(/^- /gm)).toHaveLength(60)
  expect(text).toContain('Nor 140 more combinations of levels: --out writes them.')
})

describe('the report of draws', () => {
  const unknowns = {
    draws: 40,
    estimates: ['h100 memory', 'vllm stepUs'].map(name => ({ name, low: 0, value: 1, high: 2 })),
    bySetting: [[0, 1]],
  }
  const [memory, step] = placesDrawn(unknowns, 7)

  it('has bands, who wins how surely, where the ranking flips, and what that goes with', () => {
    const made: Made = {
      steady: { ttft_p99_s: [...step].map(place => 1 + 0.0001 * place) },
      shaky: { ttft_p99_s: [...memory].map(place => 1.7 - place) },
      worst: { ttft_p99_s: [...step].map(place => 9 + place) },
    }
    const points = Object.keys(made).map(policy => ({ levels: [], policy, hash: policy }))
    const manifest: SweepManifest = {
      ...planWith({ points, factors: [], seed: 7, unknowns }),
      ...{ cells: { finished: 1, planned: 1 }, files: {} },
    }
    const results = { ...resultsOf(made), manifest }
    const question = { metrics: ['ttft_p99_s'], confidence: 0.95 }
    const text = uncertaintyText(uncertaintyOf(contextsOf(results), question, drawsOf(results)!)).replaceAll(
      /\s+/g,
      ' ',
    )
    expect(text).toContain('draws 2 estimates')
    expect(text).toMatch(/worst 9\.50 \(9\.0\d to 9\.9\d\)/)
    expect(text).toContain(
      'steady beats worst on p99 TTFT in 40 of 40 draws: with probability 100.0 % (91.2 to 100.0 %).',
    )
    expect(text).toMatch(
      /steady beats shaky on p99 TTFT in 28 of 40 draws: [^.]*70\.0 % \(54\.6 to 81\.9 %\)\. The ranking flips/,
    )
    expect(text).toMatch(/flips inside the ranges, most of all with h100 memory \(\+1\.00\)/)
    expect(text).not.toMatch(/worst[^-]*The ranking flips/)
  })
})
