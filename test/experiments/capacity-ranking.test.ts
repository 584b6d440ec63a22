import { describe, expect, it } from 'vitest'
import { stream } from '../../src/core/random.ts'
import { type CapacityQuestion, capacityOf } from '../../src/experiments/capacity.ts'
import { type Contender, rankedByCapacity } from '../../src/experiments/capacity-ranking.ts'
import { crossingsOf } from '../../src/experiments/crossings.ts'
import { share } from '../statistics/draws.ts'
import { crossingAt, madeRuns } from './load-runs.ts'

const QUESTION: CapacityQuestion = { objective: 0.95, replications: 8, confidence: 0.95 }
/** Chance that all policies meet alike, as they do with common random numbers. */
const SHARED = [0.04, -0.04, 0.03, -0.03, 0.02, -0.02, 0.01, -0.01]

async function contender(label: string, load: number, spread: readonly number[] = SHARED) {
  const runs = madeRuns(label, crossingAt(load, spread))
  return { capacity: await capacityOf(runs, QUESTION), crossings: await crossingsOf(runs, QUESTION) }
}

function own(seed: number): number[] {
  const random = stream(seed, 'spread')
  return SHARED.map(() => 0.02 * (random() - 0.5))
}

describe('policies by capacity', () => {
  it('are told apart by replications of the same chance, though their brackets overlap', async () => {
    const ranked = rankedByCapacity([await contender('slow', 0.68), await contender('fast', 0.7)], 0.95)
    const [fast, slow] = ranked
    expect(ranked.map(({ capacity }) => capacity.entrant.label)).toEqual(['fast', 'slow'])
    expect(slow.capacity.fails!.load).toBeGreaterThan(fast.capacity.holds!.load)
    expect(fast.behind).toBeUndefined()
    expect(slow.behind!.isSure).toBe(true)
    expect(slow.behind!.load.low).toBeLessThan(0.02)
    expect(slow.behind!.load.high).toBeGreaterThan(0.02)
    expect(slow.behind!.load.halfWidth).toBeLessThan(0.006)
  })

  it('cannot be told apart where chance may have made the difference, and how many replications more would', async () => {
    const [, second] = rankedByCapacity(
      [await contender('fast', 0.705, own(1)), await contender('slow', 0.7, own(2))],
      0.95,
    )
    expect(second.behind!.isSure).toBe(false)
    expect(second.behind!.more).toBeGreaterThan(0)
    expect(second.behind!.more).toBeLessThan(1000)
  })

  it('are not told apart by what the search has left open', async () => {
    const [, second] = rankedByCapacity([await contender('a', 0.7), await contender('b', 0.7003)], 0.95)
    expect(second.behind!.isSure).toBe(false)
    expect(second.behind!.load.halfWidth).toBeGreaterThan(0.001)
  })

  it('leave out the truly best in 5 % of cases at most, though the first is chosen by the same runs', () => {
    const cases = Array.from({ length: 500 }, (_, seed) => {
      const random = stream(seed, 'equals')
      const equals = Array.from({ length: 6 }, (_, i) =>
        known(
          `p${i}`,
          SHARED.map(() => 0.7 + 0.01 * random()),
        ),
      )
      const best = equals[0].capacity.entrant.label
      const behind = rankedByCapacity(equals, 0.95).filter(({ behind }) => behind?.isSure)
      return behind.some(({ capacity }) => capacity.entrant.label === best)
    })
    expect(share(cases, isLeftOut => isLeftOut)).toBeLessThanOrEqual(0.05)
  })

  it('come first where they hold all the way, last where they never do, and are compared with neither', async () => {
    const all = [await contender('never', -1), await contender('found', 0.7), await contender('always', 3)]
    const ranked = rankedByCapacity(all, 0.95)
    expect(ranked.map(({ capacity }) => capacity.entrant.label)).toEqual(['always', 'found', 'never'])
    expect(ranked.map(({ behind }) => behind)).toEqual([undefined, undefined, undefined])
  })

  it('may be one alone', async () => {
    const { capacity } = await contender('alone', 0.7)
    expect(rankedByCapacity([{ capacity }], 0.95)).toEqual([{ capacity }])
  })
})

/** Found at these loads. */
function known(label: string, loads: readonly number[]): Contender {
  const capacity = { entrant: { name: label, label }, bound: 'found' } as Contender['capacity']
  return { capacity, crossings: { loads, error: 0 } }
}
