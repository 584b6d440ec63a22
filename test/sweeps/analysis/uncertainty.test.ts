import { describe, expect, it } from 'vitest'
import { stream } from '../../../src/core/random.ts'
import { isOpen } from '../../../src/sweeps/analysis/chances.ts'
import { contextsOf } from '../../../src/sweeps/analysis/contexts.ts'
import { drawsOf } from '../../../src/sweeps/analysis/draws.ts'
import type { SavedResults } from '../../../src/sweeps/analysis/saved-results.ts'
import { uncertaintyOf } from '../../../src/sweeps/analysis/uncertainty.ts'
import { drawRows } from '../../../src/sweeps/draw-rows.ts'
import type { SweepManifest } from '../../../src/sweeps/manifest.ts'
import { placesDrawn, type Unknowns } from '../../../src/sweeps/unknowns.ts'
import { planWith } from '../fakes.ts'
import { joined, type Made, resultsOf } from './made.ts'

const DRAWS = 60
const UNKNOWNS: Unknowns = {
  draws: DRAWS,
  estimates: ['memory', 'other', 'price', 'unused'].map(name => ({ name, low: 1, value: 2, high: 4 })),
  bySetting: [[0, 1, 2]],
}
const SEED = 3
const [memory, other, price] = placesDrawn(UNKNOWNS, SEED)

/** Results whose replications have drawn the unknowns. */
function drawn(policies: Made): SavedResults {
  const points = Object.keys(policies).map(policy => ({ levels: [], policy, hash: policy }))
  const plan = planWith({ points, factors: [], seed: SEED, unknowns: UNKNOWNS })
  const manifest: SweepManifest = { ...plan, cells: { finished: 1, planned: 1 }, files: {} }
  return { ...resultsOf(policies), manifest }
}

function found(policies: Made, metrics: readonly string[]) {
  const results = drawn(policies)
  return uncertaintyOf(contextsOf(results), { metrics, confidence: 0.95 }, drawsOf(results)!)
}

const by = (of: (draw: number) => number) => Array.from({ length: DRAWS }, (_, draw) => of(draw))
const random = stream(1, 'rest')
const rest = by(() => 0.01 * random())

describe('draws of the unknowns', () => {
  it('say how often one beats the other, by the way in which the metric is better', () => {
    const policies = {
      a: { ttft_p99_s: by(draw => draw), slo_attainment: by(draw => draw) },
      b: { ttft_p99_s: by(() => 44.5), slo_attainment: by(() => 44.5) },
    }
    const [ttft, slo] = found(policies, ['ttft_p99_s', 'slo_attainment']).chances
    expect([ttft.aheadA, ttft.aheadB]).toEqual([45, 15])
    expect([slo.aheadA, slo.aheadB]).toEqual([15, 45])
    expect(ttft.probabilityA.estimate).toBe(0.75)
    // Wilson's interval of 45 of 60.
    expect(ttft.probabilityA.low).toBeCloseTo(0.6277, 3)
    expect(ttft.probabilityA.high).toBeCloseTo(0.8422, 3)
    expect(isOpen(ttft)).toBe(true)
  })

  it('count for neither where both are the same, and for nothing where one is not defined', () => {
    const policies = {
      a: { ttft_p99_s: by(draw => (draw === 0 ? Number.NaN : draw)) },
      b: { ttft_p99_s: by(draw => (draw < 50 ? draw : draw + 1)) },
    }
    const [chance] = found(policies, ['ttft_p99_s']).chances
    expect([chance.aheadA, chance.aheadB, chance.unknown]).toEqual([10, 0, 1])
    expect(chance.probabilityA.n).toBe(59)
    expect(isOpen(chance)).toBe(false)
  })

  it('are those that all have, in a sweep that is not finished', () => {
    const half = (value: number) => by(draw => (draw < 30 ? value : 100)).slice(0, 30)
    const { bands, chances, contexts } = found({ a: { x: by(draw => draw) }, b: { x: half(7) } }, ['x'])
    expect(bands.map(({ draws, p50 }) => [draws, p50])).toEqual([
      [30, 14.5],
      [30, 7],
    ])
    expect(chances[0].draws).toBe(30)
    expect(contexts[0].contenders[0].series.replications).toHaveLength(30)
  })

  it('are those of the fleet of their levels, whatever signs these have in their names', () => {
    const settings = [
      ['a', 'b,c'],
      ['a,b', 'c'],
    ]
    const points = settings.map(levels => ({ levels, policy: 'p', hash: levels.join() }))
    const unknowns = { ...UNKNOWNS, bySetting: [[0], [1]] }
    const plan = planWith({ points, factors: ['x', 'y'], seed: SEED, unknowns })
    const manifest: SweepManifest = { ...plan, cells: { finished: 1, planned: 1 }, files: {} }
    const made = joined(...settings.map(levels => resultsOf({ p: { x: by(() => 1) } }, levels, ['x', 'y'])))
    const draws = drawsOf({ ...made, manifest })!
    const series = contextsOf(made).map(({ contenders }) => contenders[0].series)
    expect(series.map(each => draws.of(each).map(({ unknown }) => unknown.name))).toEqual([
      ['memory'],
      ['other'],
    ])
  })

  it('leave bands, which are nothing where a draw has no value', () => {
    const { bands } = found(
      { a: { x: by(draw => 59 - draw) }, b: { x: [Number.NaN, ...by(() => 1).slice(1)] } },
      ['x'],
    )
    expect(bands.map(({ p5, p50, p95 }) => [p5, p50, p95])).toEqual([
      [2.95, 29.5, 56.05],
      [Number.NaN, Number.NaN, Number.NaN],
    ])
  })

  it('show which unknown a metric and a difference rest on most, and in which way', () => {
    const policies = {
      a: { x: by(draw => 10 - 5 * memory[draw] + price[draw] + rest[draw]) },
      b: { x: by(draw => 10 - 5 * memory[draw] - 2 * other[draw]) },
    }
    const { influences } = found(policies, ['x'])
    const first = (a: string, b?: string) => influences.find(each => each.a === a && each.b === b)!
    expect([first('a').unknown, first('b').unknown, first('a', 'b').unknown]).toEqual([
      'memory',
      'memory',
      'other',
    ])
    expect(first('a').correlation).toBeLessThan(-0.9)
    expect(first('a', 'b').correlation).toBeGreaterThan(0.9)
    expect(first('a').method).toBe('partial rank correlation')
    expect(new Set(influences.map(({ unknown }) => unknown))).toEqual(new Set(['memory', 'other', 'price']))
  })

  it('call no unknown influential that is not, but as often as they say', () => {
    const noise = stream(9, 'noise')
    const columns = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x${i}`, by(() => noise())]))
    const { influences } = found({ a: columns, b: columns }, Object.keys(columns))
    const firsts = Object.keys(columns).map(
      metric => influences.find(each => each.metric === metric && each.a === 'a')!,
    )
    const wrong = firsts.filter(({ adjustedP }) => adjustedP < 0.05).length
    expect(wrong).toBeLessThanOrEqual(0.05 * 200 + 4 * Math.sqrt(200 * 0.05 * 0.95))
  })

  it('are written as they were taken: every estimate in each sixtieth of its range once', () => {
    const rows = [...drawRows(UNKNOWNS, SEED)]
    expect(rows).toHaveLength(DRAWS * 4)
    const ofMemory = rows.filter(({ unknown }) => unknown.name === 'memory')
    expect(ofMemory.map(({ place }) => place)).toEqual([...memory])
    expect(new Set(ofMemory.map(({ place }) => Math.floor(place * DRAWS))).size).toBe(DRAWS)
  })
})
