import { describe, expect, it } from 'vitest'
import type { PredictionResult } from '../../src/results/prediction-result.ts'
import type { RunResult } from '../../src/results/run-result.ts'
import type { EndedView, RequestView } from '../../src/routing/contract.ts'
import { simulate } from '../../src/simulate.ts'
import { mixedScenario, preparedOf } from '../experiments/scenarios.ts'
import { type Decide, deciding, type FakeCluster, fleet, request } from './fake-cluster.ts'

const CERTAIN = { epsilon_explore_sticky: 0, epsilon_explore_neg: 0 }

function numbered(number: number, more: Partial<RequestView> = {}): RequestView {
  return Object.assign(request(), { number, ...more })
}

/** Sends so many requests, each of which has ended before the next: after ttftS(replica), and at tpotS(replica) a token. */
function teach(
  cluster: FakeCluster,
  decide: Decide,
  ttftS: (replica: number) => number,
  requests = 2000,
  tpotS: (replica: number) => number = () => 0.01,
): void {
  for (let number = 0; number < requests; number++) {
    const view = numbered(number, { inputTokens: 500 + ((number * 37) % 1000) })
    const replica = decide(view)
    const ended: EndedView = {
      number,
      replica,
      requestClass: 'chat',
      inputTokens: view.inputTokens,
      hitTokens: 0,
      outputTokens: 10,
      arrivalS: 3,
      sentS: 5,
      ttftS: 2 + (ttftS(replica) * view.inputTokens) / 1000,
      tpotS: tpotS(replica),
      e2eS: 9,
    }
    for (const listener of cluster.endListeners) listener(ended)
  }
}

function counts(decide: Decide, decisions: number, view: RequestView): number[] {
  const counted = [0, 0, 0, 0]
  for (let i = 0; i < decisions; i++) counted[decide(numbered(10_000 + i, view))]++
  return counted
}

/** Two GPUs and two ASICs, all with requests, of which GPUs take 0.1 s for 1000 prompt tokens and ASICs as told. */
function taught(options: Record<string, number>, asicS: number, tpotS?: (replica: number) => number) {
  const cluster = fleet(2, 2)
  for (let replica = 0; replica < 4; replica++) cluster.load(replica, 0, 1)
  const decide = deciding('predicted-latency', cluster, { options: { ...CERTAIN, ...options } })
  teach(cluster, decide, replica => (replica < 2 ? 0.1 : asicS), 2000, tpotS)
  return { cluster, decide }
}

describe('predicted-latency', () => {
  it('goes by KV memory, queue and cache until it has seen enough, and then by what it has learned', () => {
    const cluster = fleet(2, 2)
    const decide = deciding('predicted-latency', cluster, { options: { ...CERTAIN, draw: 0 } })
    cluster.load(0, 9, 1, 90_000)
    cluster.load(1, 9, 1, 90_000)
    cluster.load(2, 9, 1, 90_000)
    expect(decide(numbered(0))).toBe(3)
    expect(cluster.predictions.get('ttft')).toBeNaN()
  })

  it('predicts each kind by itself, and keeps to those that meet the SLO', () => {
    const { cluster, decide } = taught({}, 3)
    const [first, second, ...asics] = counts(decide, 400, request())
    expect(asics).toEqual([0, 0])
    expect(Math.min(first, second)).toBeGreaterThan(100)
    expect(cluster.predictions.get('ttft')).toBeCloseTo(0.1, 2)
    expect(cluster.predictions.get('tpot')).toBeCloseTo(0.01, 3)
    decide(numbered(99_999, { inputTokens: 2000 }))
    expect(cluster.predictions.get('ttft')).toBeCloseTo(0.2, 2)
  })

  it('takes one that would miss the SLO now and then', () => {
    const { decide } = taught({ epsilon_explore_neg: 0.1 }, 3)
    const [, , ...asics] = counts(decide, 2000, request())
    expect((asics[0] + asics[1]) / 2000).toBeCloseTo(0.1, 1)
    expect(asics[0] + asics[1]).toBeGreaterThan(100)
  })

  it('prefers the least headroom, or the most', () => {
    const [least, most] = [0, 1].map(headroom =>
      counts(taught({ headroom, draw: 0 }, 0.4).decide, 400, request()),
    )
    expect(least[0] + least[1]).toBe(0)
    expect(most[2] + most[3]).toBe(0)
    expect(Math.min(least[2], least[3], most[0], most[1])).toBeGreaterThan(100)
  })

  it('goes where the prompt is cached, unless the first token would be too late there', () => {
    const slower = (replica: number) => (replica < 2 ? 0.01 : 0.02)
    const { cluster, decide } = taught({ headroom: 1, draw: 0 }, 0.9, slower)
    cluster.hits[3] = 850
    expect(counts(decide, 100, request())).toEqual([0, 0, 0, 100])
    cluster.hits[3] = 700
    expect(counts(decide, 100, request())[3]).toBe(0)
    const strict = taught({ headroom: 1, draw: 0, affinity_max_ttft_penalty_ms: 20 }, 0.9, slower)
    strict.cluster.hits[3] = 850
    expect(counts(strict.decide, 100, request())[3]).toBe(0)
  })

  it('plans for what nine of ten requests stay below', () => {
    let turn = 0
    // One in five takes 0.9 s for 1000 tokens: the mean holds an SLO of 0.5 s, the ninth tenth does not.
    const sometimes = () => (turn++ % 5 === 0 ? 0.9 : 0.1)
    const [mean, ninth] = [0, 0.9].map(quantile => {
      const cluster = fleet(1, 1)
      cluster.load(0, 0, 1)
      cluster.load(1, 0, 1)
      const options = { ...CERTAIN, quantile, headroom: 1, draw: 0 }
      const decide = deciding('predicted-latency', cluster, { options })
      teach(cluster, decide, replica => (replica === 0 ? 0.35 : sometimes()))
      const slo = { ttftS: 0.5, tpotS: 1 }
      return counts(decide, 100, Object.assign(request(), { slo }))
    })
    expect(mean[1]).toBe(100)
    expect(ninth[0]).toBe(100)
  })

  it('never answers a replica that is not available, before and after it has learned', () => {
    const cluster = fleet(2, 2)
    const decide = deciding('predicted-latency', cluster)
    cluster.open(1, false)
    const chosen = new Set<number>()
    const noted = (view: RequestView) => {
      const replica = decide(view)
      chosen.add(replica)
      return replica
    }
    teach(cluster, noted, () => 0.1, 500)
    cluster.open(1, true)
    cluster.open(0, false)
    for (let i = 0; i < 500; i++) expect(decide(numbered(1000 + i))).not.toBe(0)
    expect(chosen.has(1)).toBe(false)
  })

  it('learns nothing from requests that were lost, nor from those sent by others', () => {
    const cluster = fleet(1)
    const decide = deciding('predicted-latency', cluster, { options: CERTAIN })
    const elsewhere = (view: RequestView) => {
      decide({ ...view, number: view.number + 1e6 })
      return 0
    }
    teach(cluster, elsewhere, () => 0.1)
    decide(numbered(5))
    expect(cluster.predictions.get('ttft')).toBeNaN()
  })
})

function errorOf({ predictions = [] }: RunResult, quantity: string): PredictionResult {
  return predictions.find(each => each.quantity === quantity)!
}

describe('on a fleet of two kinds', () => {
  it('one model for each predicts better than one for all, and routes better', async () => {
    const { course } = await preparedOf(mixedScenario({ requests: 6000 }))
    const run = (shared_model: number) =>
      simulate(
        { ...course, slo: { ttftS: 0.3, tpotS: 0.025 } },
        { name: 'predicted-latency', options: { headroom: 1, shared_model } },
      )
    const own = await run(0)
    const shared = await run(1)
    for (const quantity of ['ttft', 'tpot']) {
      expect(errorOf(own, quantity).ape50).toBeLessThan(0.16)
      expect(errorOf(shared, quantity).ape50).toBeGreaterThan(0.25)
      expect(errorOf(own, quantity).meanAbsoluteError).toBeLessThan(
        errorOf(shared, quantity).meanAbsoluteError / 2,
      )
    }
    expect(own.attained / own.arrivedInWindow).toBeGreaterThan(0.95)
    expect(shared.attained / shared.arrivedInWindow).toBeLessThan(0.85)
  })
})
