import { describe, expect, it } from 'vitest'
import { atSlo } from '../../src/experiments/at-slo.ts'
import { entrants, oneServerScenario, preparedOf } from './scenarios.ts'

const SERVICE_S = 0.5
const SERVICES_WAITED = 3

/** Share of the customers of M/D/1 that wait at most `services` whole service times (Erlang 1909). */
function shareWithin(services: number, utilisation: number): number {
  let sum = 0
  let factorial = 1
  for (let j = 0; j <= services; j++) {
    if (j > 0) factorial *= j
    const x = utilisation * (services - j)
    sum += ((-x) ** j / factorial) * Math.exp(x)
  }
  return (1 - utilisation) * sum
}

function utilisationAt(services: number, share: number): number {
  let low = 0
  let high = 0.999
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (shareWithin(services, middle) >= share) low = middle
    else high = middle
  }
  return low
}

async function oneServer(ttftS: number, requests = 60_000) {
  const prepared = await preparedOf(oneServerScenario(requests))
  const slo = { ttftS: prepared.course.kinds[0].frontEndS + ttftS, tpotS: 1 }
  return { ...prepared, course: { ...prepared.course, slo } }
}

describe('the load at the SLO', () => {
  it('is that of M/D/1', async () => {
    const prepared = await oneServer((1 + SERVICES_WAITED) * SERVICE_S + 1e-6)
    const [entrant] = entrants('random')
    const runs: number[] = []
    const { load, ratePerS, standing, bound } = await atSlo(prepared, entrant, { onRun: n => runs.push(n) })
    const expected = utilisationAt(SERVICES_WAITED, 0.9)
    expect(bound).toBe('found')
    expect(load / expected).toBeGreaterThan(0.97)
    expect(load / expected).toBeLessThan(1.03)
    expect(ratePerS).toBeCloseTo(load / SERVICE_S, 9)
    expect(standing.figures.attainment).toBeGreaterThanOrEqual(0.9)
    expect(runs).toEqual(runs.map((_, i) => i + 1))
  })

  it('is none where the SLO cannot be met', async () => {
    const { bound, ratePerS } = await atSlo(await oneServer(0.4, 500), entrants('random')[0])
    expect(bound).toBe('below')
    expect(ratePerS).toBeNaN()
  })

  it('is the end of the search where it holds all the way', async () => {
    const { bound, load } = await atSlo(await oneServer(1000, 500), entrants('random')[0], {
      highestLoad: 0.9,
    })
    expect(bound).toBe('above')
    expect(load).toBeCloseTo(0.9, 12)
  })

  it('is not asked of a closed loop', async () => {
    const loop = `workload:
  closed_loop:
    { clients: 2, think_s: 1, requests: 20, lengths: { input: { fixed: 100 }, output: { fixed: 1 } } }
fleet:`
    const prepared = await preparedOf(oneServerScenario(10).replace(/workload:[\s\S]*fleet:/, loop))
    await expect(atSlo(prepared, entrants('random')[0])).rejects.toThrow(/^s\.yaml:\d+:\d+: .*closed loop/)
  })
})
