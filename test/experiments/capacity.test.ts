import { describe, expect, it } from 'vitest'
import { type CapacityQuestion, capacityOf } from '../../src/experiments/capacity.ts'
import { crossingsOf } from '../../src/experiments/crossings.ts'
import { loadCurve, loadsBetween } from '../../src/experiments/load-curve.ts'
import { judgedAt, probedAt } from '../../src/experiments/load-probe.ts'
import { loadRuns } from '../../src/experiments/load-runs.ts'
import { atMeanRate } from '../../src/experiments/mean-rate.ts'
import { atRate } from '../../src/experiments/prepare.ts'
import { race } from '../../src/experiments/race.ts'
import { isLong } from '../laws/fast.ts'
import { crossingAt, madeRuns } from './load-runs.ts'
import { entrants, mixedScenario, oneServerScenario, preparedOf } from './scenarios.ts'

const QUESTION: CapacityQuestion = { objective: 0.95, replications: 8, confidence: 0.95 }
const SPREAD = [0.01, -0.01, 0.005, -0.005, 0.002, -0.002, 0.008, -0.008]

describe('a load', () => {
  const judged = (of: Parameters<typeof madeRuns>[1], question = QUESTION) =>
    judgedAt(madeRuns('any', of), 5, question)

  it('is judged by two replications where they leave no doubt', async () => {
    const high = await judged((_, replication) => ({ attainment: 0.9999 - replication / 1e5 }))
    expect(high).toMatchObject({ judgement: 'holds', replications: 2, load: 0.5, ratePerS: 5 })
    const low = await judged((_, replication) => ({ attainment: 0.3 + replication / 1e3 }))
    expect(low).toMatchObject({ judgement: 'fails', replications: 2 })
  })

  it('takes more replications the closer it is, and all where nothing can be told', async () => {
    const near = (by: number) => judged((_, i) => ({ attainment: 0.95 + by + (i % 2 === 0 ? 0.01 : -0.01) }))
    expect(await near(0.035)).toMatchObject({ judgement: 'holds', replications: 4 })
    expect(await near(-0.015)).toMatchObject({ judgement: 'fails', replications: 8 })
    expect(await near(0.002)).toMatchObject({ judgement: 'unclear', replications: 8 })
  })

  it('is not sure to hold because a handful of requests all met the SLO', async () => {
    expect((await judged(() => ({ attainment: 1, requests: 5 }))).judgement).toBe('unclear')
    expect((await judged(() => ({ attainment: 1, requests: 5000 }))).judgement).toBe('holds')
  })

  it('fails where the queue grows in most runs, and does not surely hold where it grows in one', async () => {
    const growing = (runs: number) =>
      judged((_, i) => ({ attainment: 0.99 + i / 1e4, isSaturated: i < runs }), {
        ...QUESTION,
        replications: 4,
      })
    expect(await growing(4)).toMatchObject({ judgement: 'fails', saturated: 2, replications: 2 })
    expect(await growing(1)).toMatchObject({ judgement: 'unclear', saturated: 1, replications: 4 })
    expect((await growing(0)).judgement).toBe('holds')
  })

  it('tells $ per token as a ratio of sums, and the rest as means', async () => {
    const runs = madeRuns('any', () => ({ attainment: 1 }))
    const amountOf = (replication: number) => ({
      usd_per_mtok: { amount: replication === 0 ? 1 : 2, per: replication === 0 ? 1 : 4 },
      ttft_p99_s: { amount: replication, per: 1 },
    })
    const priced = {
      ...runs,
      at: async (ratePerS: number, replication: number) => {
        const run = await runs.at(ratePerS, replication)
        return { ...run, amounts: { ...run.amounts, ...amountOf(replication) } }
      },
    }
    const { estimates } = await probedAt(priced, 5, 2, 0.95)
    expect(estimates.usd_per_mtok.estimate).toBeCloseTo(3 / 5, 12)
    expect(estimates.ttft_p99_s.estimate).toBeCloseTo(0.5, 12)
    expect(estimates.ttft_p99_s.halfWidth).toBeCloseTo(12.706205 * 0.5, 4)
  })
})

describe('a capacity', () => {
  it('lies between what surely holds and what surely fails, which have all replications', async () => {
    const found = await capacityOf(madeRuns('any', crossingAt(0.7, SPREAD)), QUESTION)
    expect(found.bound).toBe('found')
    expect(found.holds!.load).toBeLessThan(0.7)
    expect(found.holds!.load).toBeGreaterThan(0.67)
    expect(found.fails!.load).toBeGreaterThan(0.7)
    expect(found.fails!.load).toBeLessThan(0.73)
    expect([found.holds!.replications, found.fails!.replications]).toEqual([8, 8])
    expect(found.best.estimates.slo_attainment.estimate).toBe(1)
  })

  it('is found to the tolerance where chance has no part', async () => {
    const { holds, fails } = await capacityOf(
      madeRuns(
        'any',
        crossingAt(
          0.7,
          SPREAD.map(() => 0),
        ),
      ),
      {
        ...QUESTION,
        tolerance: 0.002,
      },
    )
    expect(fails!.load / holds!.load).toBeLessThan(1.005)
  })

  it('says at which end of the search it lies beyond, or what cannot be told there', async () => {
    const boundAt = async (load: number, spread = SPREAD) =>
      (await capacityOf(madeRuns('any', crossingAt(load, spread)), QUESTION)).bound
    expect(await boundAt(2)).toBe('above')
    expect(await boundAt(-1)).toBe('below')
    expect(await boundAt(0.05)).toBe('open')
    expect(await boundAt(1.2)).toBe('open')
  })

  it('is where each replication by itself crosses the objective, from few runs more', async () => {
    const runs = madeRuns('any', crossingAt(0.7, SPREAD))
    await capacityOf(runs, QUESTION)
    const before = runs.made().length
    const { loads, error } = await crossingsOf(runs, QUESTION)
    expect(runs.made().length - before).toBeLessThan(5 * QUESTION.replications)
    for (const [i, load] of loads.entries()) {
      expect(Math.abs(load / (0.7 + SPREAD[i]) - 1)).toBeLessThanOrEqual(error + 1e-9)
    }
  })

  it('crosses nowhere in a replication that holds or fails all the way', async () => {
    const spread = [0, 0, 2, -2, 0, 0, 0, 0]
    const { loads } = await crossingsOf(madeRuns('any', crossingAt(0.7, spread)), QUESTION)
    expect(loads.map(Number.isNaN)).toEqual([false, false, true, true, false, false, false, false])
  })
})

describe('a load curve', () => {
  it('has all replications at every load', async () => {
    const loads = loadsBetween(0.1, 0.7, 4)
    expect(loads).toEqual([0.1, 0.3, 0.5, 0.7])
    const { points } = await loadCurve(madeRuns('any', crossingAt(0.4, SPREAD)), loads, QUESTION)
    expect(points.map(({ load, replications }) => [load, replications])).toEqual(loads.map(load => [load, 8]))
    expect(points[3].estimates.slo_attainment.estimate).toBeCloseTo(0.8, 9)
    expect(points[3].estimates.slo_attainment.halfWidth).toBeGreaterThan(0)
  })
})

describe('runs at a rate', () => {
  it('come at it on average over replications, where each draws its own', async () => {
    const prepared = await preparedOf(oneServerScenario(400))
    const paced = await atMeanRate(prepared, 40)
    // Gaps of the mean 1 s: 400 of them are off by 5 %, and 40 times as many by 0.8 %.
    expect(Math.abs(paced.workload.measured.meanRatePerS - 1)).toBeLessThan(0.025)
    expect(paced.workload.measured.meanRatePerS).not.toBe(prepared.workload.measured.meanRatePerS)
    expect((await atMeanRate(prepared, 1)).workload).toEqual(prepared.workload)
  })

  it('are those of a race at that rate in the first replication, and others in the rest', async () => {
    const prepared = await preparedOf(mixedScenario({ requests: 1000 }))
    const [entrant] = entrants('random')
    const runs = loadRuns(prepared, entrant)
    const [{ figures }] = await race(atRate(prepared, 20), [entrant])
    const [first, second] = [await runs.at(20, 0), await runs.at(20, 1)]
    expect(first.attainment).toBe(figures.attainment)
    expect(first.amounts.usd_per_mtok.amount).toBe(figures.usd.total)
    expect(second.amounts.ttft_p99_s.amount).not.toBe(first.amounts.ttft_p99_s.amount)
    expect(await runs.at(20, 1)).toBe(second)
    expect(runs.made()).toHaveLength(2)
  })

  it('has the same requests in a replication for every policy, at every rate as many of them in the window', async () => {
    const prepared = await preparedOf(
      mixedScenario({ requests: 1000 }).replace('sample_s', 'warmup_s: 2\nsample_s'),
    )
    const [random, fewest] = entrants('random', 'least-requests').map(entrant => loadRuns(prepared, entrant))
    const of = async (runs: typeof random, ratePerS: number) => (await runs.at(ratePerS, 3)).requests
    const requests = await of(random, 20)
    expect(requests).toBeLessThan(1000)
    expect([await of(fewest, 20), await of(random, 5), await of(fewest, 40)]).toEqual(Array(3).fill(requests))
  })
})

/*
 * In M/M/1 the time in the system is exponential with the mean 1 / (mu - lambda): the share within x is
 * 1 - exp(-(mu - lambda) x). In the scenario it is the time to the first and only token.
 */
describe('the capacity of M/M/1', () => {
  const SERVICE_S = 0.5
  const LOAD = 0.7
  const OBJECTIVE = 0.9
  const WITHIN_S = Math.log(1 / (1 - OBJECTIVE)) / ((1 - LOAD) / SERVICE_S)

  async function search(seed: number) {
    const plain = oneServerScenario(10_000)
      .replace('name:', `seed: ${seed}\nname:`)
      .replace('model: fixed, step_s', 'model: exponential, mean_s')
    const { frontEndS } = (await preparedOf(plain)).course.kinds[0]
    const text = plain.replace('ttft_s: 100', `ttft_s: ${frontEndS + WITHIN_S}`)
    const prepared = await preparedOf(text.replace('policies:', 'warmup_s: 500\npolicies:'))
    const paced = await atMeanRate(prepared, QUESTION.replications)
    return capacityOf(loadRuns(paced, entrants('random')[0]), { ...QUESTION, objective: OBJECTIVE })
  }

  it.each([1, 2])('is bracketed, closely (seed %d)', async seed => {
    const { holds, fails } = await search(seed)
    expect(holds!.ratePerS * SERVICE_S).toBeLessThan(LOAD)
    expect(fails!.ratePerS * SERVICE_S).toBeGreaterThan(LOAD)
    expect(fails!.load / holds!.load).toBeLessThan(1.1)
  })

  it.runIf(isLong)('is bracketed in 95 % of searches and more', { timeout: 3_600_000 }, async () => {
    let bracketed = 0
    for (let seed = 0; seed < 200; seed++) {
      const { holds, fails } = await search(seed)
      if (holds!.ratePerS * SERVICE_S < LOAD && fails!.ratePerS * SERVICE_S > LOAD) bracketed++
    }
    console.info(`M/M/1: ${bracketed} of 200 brackets hold the known capacity`)
    expect(bracketed / 200).toBeGreaterThan(0.92)
  })
})
