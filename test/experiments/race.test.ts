import { describe, expect, it } from 'vitest'
import { readWhole } from '../../src/arrivals/whole.ts'
import { atRate, atStance } from '../../src/experiments/prepare.ts'
import { race } from '../../src/experiments/race.ts'
import { raceAtEnds } from '../../src/experiments/ranges.ts'
import { entrants, mixedScenario, preparedOf } from './scenarios.ts'

const prepared = await preparedOf(mixedScenario({ requests: 1500 }))
const names = ['random', 'round-robin', 'power-of-two', 'cost-greedy']

describe('a race', () => {
  it('gives every policy the very same arrivals, whoever else runs', async () => {
    const seen = new Map<string, string[]>()
    const standings = await race(prepared.course, entrants(...names), {
      onEnd: ({ label }) => {
        const bodies: string[] = []
        seen.set(label, bodies)
        return (id, requests) => {
          const body = [requests.arrivalS[id], requests.inputTokens[id], requests.outputTokens[id]]
          bodies[requests.ordinal[id]] = body.join()
        }
      },
    })
    expect(standings.map(({ entrant }) => entrant.label)).toEqual(names)
    for (const name of names) expect(seen.get(name)).toEqual(seen.get('random'))
    expect(await race(prepared.course, entrants('power-of-two'))).toEqual([standings[2]])
  })

  it('tells how far it is', async () => {
    const told: string[] = []
    await race(prepared.course, entrants('random', 'round-robin'), {
      onProgress: ({ label }, arrived) => told.push(`${label} ${arrived}`),
    })
    expect(told).toContain('random 1500')
    expect(told.at(-1)).toBe('round-robin 1500')
  })

  it('is the same step by step', async () => {
    const [fast] = await race(prepared.course, entrants('power-of-two'))
    const [stepped] = await race(prepared.course, entrants('power-of-two'), { stepByStep: true })
    expect(stepped.figures).toEqual(fast.figures)
  })
})

describe('the ends of the ranges', () => {
  it('keep the workload and change the hardware', async () => {
    const ends = await raceAtEnds(prepared, entrants('round-robin'))
    expect(ends.map(({ stance }) => stance)).toEqual(['pessimistic', 'optimistic'])
    const [worse, better] = ends.map(({ standings }) => standings[0].result)
    expect(worse.lastArrivalS).toBe(better.lastArrivalS)
    expect(worse.e2e.mean).toBeGreaterThan(better.e2e.mean)
    const arrivals = async (stance: 'pessimistic' | 'given') => {
      const course = await atStance(prepared, stance)
      return readWhole(course.arrivals())
    }
    expect(await arrivals('pessimistic')).toEqual(await arrivals('given'))
  })
})

describe('another rate', () => {
  it('squeezes the same requests, warm-up and samples with them', async () => {
    const course = { ...prepared.course, warmupS: 2 }
    const twice = atRate({ ...prepared, course }, 2 * prepared.workload.ratePerS)
    const once = await readWhole(course.arrivals())
    const squeezed = await readWhole(twice.arrivals())
    expect(squeezed.inputTokens).toEqual(once.inputTokens)
    expect(squeezed.arrivalS[1499]).toBeCloseTo(once.arrivalS[1499] / 2, 9)
    expect(twice.warmupS).toBeCloseTo(1, 12)
    expect(twice.sampleS).toBeCloseTo(course.sampleS / 2, 12)
  })
})

describe('a scenario', () => {
  it('has a warm-up that ends before the last arrival', async () => {
    const text = mixedScenario({ requests: 100 }).replace('sample_s: 1', 'warmup_s: 1000')
    await expect(preparedOf(text)).rejects.toThrow(/^s\.yaml:5:\d+: warmup_s is 1000; must be below \d/)
  })

  it('has at least two requests where it has a load', async () => {
    await expect(preparedOf(mixedScenario({ requests: 1 }))).rejects.toThrow(
      /1 request in 0 s; must have 2 or more/,
    )
  })
})
