import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { below, stream } from '../../src/core/random.ts'
import type { OracleRequestView } from '../../src/routing/contract.ts'
import { powerOfTwo } from '../../src/routing/power-of-two.ts'
import { ASIC, deciding, FakeCluster, type FakeKind, fleet, GPU, request } from './fake-cluster.ts'

function weighted(weights: readonly number[]): FakeCluster {
  return new FakeCluster(
    weights.map((weight, i): FakeKind => ({ ...GPU, name: `kind ${i}`, saturationRequestsPerS: weight })),
  )
}

function sequence(cluster: FakeCluster, name: string, decisions: number, options = {}): number[] {
  const decide = deciding(name, cluster, { options })
  return Array.from({ length: decisions }, () => decide(request()))
}

const countOf = (chosen: readonly number[], replica: number) => chosen.filter(each => each === replica).length

/** The farthest that a replica's turns are from its share, over all prefixes. */
function worstLag(chosen: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const turns = weights.map(() => 0)
  let worst = 0
  chosen.forEach((replica, i) => {
    turns[replica]++
    for (let r = 0; r < weights.length; r++) {
      worst = Math.max(worst, Math.abs(turns[r] - ((i + 1) * weights[r]) / total))
    }
  })
  return worst
}

/** nginx's own algorithm: everyone gains its weight, the first of the greatest pays the total. */
function nginx(weights: readonly number[], decisions: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const current = weights.map(() => 0)
  return Array.from({ length: decisions }, () => {
    for (let r = 0; r < weights.length; r++) current[r] += weights[r]
    const best = current.indexOf(Math.max(...current))
    current[best] -= total
    return best
  })
}

describe('random', () => {
  it('takes every replica equally often', () => {
    const chosen = sequence(fleet(8), 'random', 16_000)
    for (let replica = 0; replica < 8; replica++) expect(countOf(chosen, replica)).toBeCloseTo(2000, -2.5)
  })
})

describe('round-robin', () => {
  it('goes round from replica 0', () => {
    expect(sequence(fleet(3), 'round-robin', 7)).toEqual([0, 1, 2, 0, 1, 2, 0])
  })
})

describe('weighted-round-robin', () => {
  it('gives exactly the shares of nginx in every cycle', () => {
    const random = stream('weights', 'shares')
    for (let scenario = 0; scenario < 100; scenario++) {
      const weights = Array.from({ length: 1 + below(random, 12) }, () => 1 + below(random, 20))
      const cycle = weights.reduce((sum, weight) => sum + weight, 0)
      const chosen = sequence(weighted(weights), 'weighted-round-robin', 5 * cycle)
      const reference = nginx(weights, cycle)
      for (let turn = 0; turn < 5; turn++) {
        const slice = chosen.slice(turn * cycle, (turn + 1) * cycle)
        weights.forEach((_, r) => {
          expect(countOf(slice, r)).toBe(countOf(reference, r))
        })
      }
    }
  })

  it('is about as smooth as nginx: no replica strays from its share by more than half a turn beyond nginx', () => {
    const random = stream('weights', 'smoothness')
    for (let scenario = 0; scenario < 100; scenario++) {
      const weights = Array.from({ length: 2 + below(random, 12) }, () => 1 + below(random, 20))
      const cycle = weights.reduce((sum, weight) => sum + weight, 0)
      const chosen = sequence(weighted(weights), 'weighted-round-robin', cycle)
      expect(worstLag(chosen, weights)).toBeLessThan(worstLag(nginx(weights, cycle), weights) + 0.5)
    }
  })

  it('spreads 5:1:1 rather than serving the heavy one first', () => {
    const chosen = sequence(weighted([5, 1, 1]), 'weighted-round-robin', 7)
    expect(chosen).toEqual([0, 0, 0, 1, 2, 0, 0])
  })

  it('is round robin where weights are equal, also when they are not binary fractions', () => {
    expect(sequence(weighted([0.1, 0.1, 0.1]), 'weighted-round-robin', 300)).toEqual(
      sequence(fleet(3), 'round-robin', 300),
    )
  })

  it('strays from real weights by less than a turn and a half, however long the run', () => {
    const weights = [3.7, 0.21, 1.9, 11.3]
    expect(worstLag(sequence(weighted(weights), 'weighted-round-robin', 50_000), weights)).toBeLessThan(1.5)
  })

  it('takes weights by kind from the options, 0 for none', () => {
    const chosen = sequence(fleet(1, 1), 'weighted-round-robin', 100, { [GPU.name]: 0 })
    expect(new Set(chosen)).toEqual(new Set([1]))
    const shares = sequence(fleet(1, 1), 'weighted-round-robin', 100, { [GPU.name]: 1, [ASIC.name]: 3 })
    expect(countOf(shares, 1)).toBe(75)
  })

  it('refuses a kind without a rate, by name, and a fleet without weight', () => {
    const unknown = new FakeCluster([GPU, { ...ASIC, saturationRequestsPerS: Number.NaN }])
    expect(() => deciding('weighted-round-robin', unknown)).toThrow(/'small-asic tp1' is NaN.*>= 0/)
    const options = { [GPU.name]: 0 }
    expect(() => deciding('weighted-round-robin', fleet(2), { options })).toThrow(
      /the weights of 'big-gpu tp4' are all 0/,
    )
  })
})

describe('least-requests', () => {
  it('counts running requests too (Vidur counts only those waiting, so that 16 and 40 replicas answer the same)', () => {
    const cluster = fleet(3)
    const decide = deciding('least-requests', cluster)
    cluster.load(0, 0, 9)
    cluster.load(1, 1, 2, 90_000)
    cluster.load(2, 0, 8)
    expect(decide(request())).toBe(1)
  })

  it('uses all of a larger fleet though nothing waits on the smaller', () => {
    const used = [16, 40].map(replicas => {
      const cluster = fleet(replicas)
      const decide = deciding('least-requests', cluster)
      for (let i = 0; i < 200; i++) {
        const replica = decide(request())
        cluster.load(replica, 0, cluster.running[replica] + 1)
      }
      return Math.max(...cluster.running)
    })
    expect(used).toEqual([13, 5])
  })

  it('breaks ties at random', () => {
    expect(new Set(sequence(fleet(5), 'least-requests', 200)).size).toBe(5)
  })
})

describe('least-tokens', () => {
  it('prefers many small requests to one large', () => {
    const cluster = fleet(2)
    const decide = deciding('least-tokens', cluster)
    cluster.load(0, 0, 1, 90_000)
    cluster.load(1, 5, 5, 3000)
    expect(decide(request())).toBe(1)
  })
})

describe('power-of-two', () => {
  /** A policy whose every draw comes from the script: two draws a decision. */
  function scripted(cluster: FakeCluster, draws: number[], choices = 2) {
    const setup = { ...cluster.setup(), options: { choices }, random: () => draws.shift() as number }
    return () => powerOfTwo(setup)(request(), cluster)
  }

  it('takes the less loaded of its two draws, and the first where they tie', () => {
    const cluster = fleet(4)
    cluster.load(1, 2, 3)
    cluster.load(3, 4, 0)
    expect(scripted(cluster, [0.25, 0.7])()).toBe(3)
    expect(scripted(cluster, [0.75, 0.1])()).toBe(3)
    cluster.load(1, 0, 4)
    expect(scripted(cluster, [0.25, 0.7])()).toBe(1)
    expect(scripted(cluster, [0.75, 0.1])()).toBe(3)
  })

  it('draws two different replicas, every pair equally often', () => {
    const cluster = fleet(5)
    const pairs = new Map<string, number>()
    const asked: number[] = []
    cluster.outstandingRequests = replica => asked.push(replica)
    const decide = deciding('power-of-two', cluster)
    for (let i = 0; i < 20_000; i++) {
      asked.length = 0
      decide(request())
      const pair = asked.join()
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
    }
    expect(pairs.size).toBe(20)
    for (const [pair, count] of pairs) {
      expect(pair).toMatch(/^(\d),(?!\1)\d$/)
      expect(Math.abs(count - 1000)).toBeLessThan(130)
    }
  })

  it('never takes the busiest replica, and takes the least busy if it draws all', () => {
    const cluster = fleet(6)
    for (let replica = 0; replica < 6; replica++) cluster.load(replica, 0, 10 - replica)
    expect(sequence(cluster, 'power-of-two', 2000)).not.toContain(0)
    expect(new Set(sequence(cluster, 'power-of-two', 50, { choices: 6 }))).toEqual(new Set([5]))
    expect(new Set(sequence(cluster, 'power-of-two', 50, { choices: 99 }))).toEqual(new Set([5]))
    expect(new Set(sequence(cluster, 'power-of-two', 500, { choices: 1 })).size).toBe(6)
  })
})

describe('least-expected-latency', () => {
  it('sends short outputs to fast prefill and long outputs to fast decode, lowest id among equals', () => {
    const prefiller: FakeKind = { ...GPU, name: 'prefiller', prefillTokensPerS: 100_000, tpotS: 0.05 }
    const decoder: FakeKind = { ...ASIC, name: 'decoder', prefillTokensPerS: 5_000, tpotS: 0.01 }
    const decide = deciding(
      'least-expected-latency',
      new FakeCluster([decoder, prefiller, prefiller, decoder]),
    )
    expect(decide(request(4000, 2))).toBe(1)
    expect(decide(request(4000, 500))).toBe(0)
  })

  it('as an oracle goes by the true output length and not by the predicted', () => {
    const prefiller: FakeKind = { ...GPU, name: 'prefiller', prefillTokensPerS: 100_000, tpotS: 0.05 }
    const decoder: FakeKind = { ...ASIC, name: 'decoder', prefillTokensPerS: 5_000, tpotS: 0.01 }
    const decide = deciding('oracle-least-expected-latency', new FakeCluster([decoder, prefiller]))
    const told = (outputTokens: number): OracleRequestView => ({ ...request(4000, 100), outputTokens })
    expect(decide(told(2))).toBe(1)
    expect(decide(told(500))).toBe(0)
  })
})

describe('cost-greedy and energy-greedy', () => {
  it.each(['cost-greedy', 'energy-greedy'])('%s takes the cheapest that meets the objectives', name => {
    const cluster = fleet(2, 2)
    const decide = deciding(name, cluster, { slo: { ttftS: 1, tpotS: 0.04 } })
    expect(decide(request())).toBe(2)
    cluster.load(2, 8, 0)
    expect(decide(request())).toBe(3)
    cluster.load(3, 0, 40)
    expect(decide(request())).toBe(0)
  })

  it.each(['cost-greedy', 'energy-greedy'])('%s takes the fastest where none meets them', name => {
    const cluster = fleet(2, 2)
    const decide = deciding(name, cluster, { slo: { ttftS: 1e-6, tpotS: 1e-6 } })
    cluster.load(0, 1, 0)
    expect(decide(request())).toBe(1)
  })

  it('holds no TPOT against a request of one output token', () => {
    const decide = deciding('energy-greedy', fleet(1, 1), { slo: { ttftS: 1, tpotS: 0.02 } })
    expect(decide(request(1000, 2))).toBe(0)
    expect(decide(request(1000, 1))).toBe(1)
  })

  it('keeps the end-to-end objective where there is one', () => {
    const slo = { ttftS: 1, tpotS: 0.05, e2eS: 3 }
    const decide = deciding('energy-greedy', fleet(1, 1), { slo })
    expect(decide(request(1000, 50))).toBe(1)
    expect(decide(request(1000, 200))).toBe(0)
  })

  it('goes by price and not by energy', () => {
    const dear: FakeKind = { ...ASIC, name: 'dear', usdPerHour: 100 }
    const cluster = new FakeCluster([GPU, dear])
    expect(deciding('cost-greedy', cluster)(request())).toBe(0)
    expect(deciding('energy-greedy', cluster)(request())).toBe(1)
  })

  it('cost-greedy refuses at set-up a kind without a price, by name; energy-greedy does not', () => {
    const cluster = new FakeCluster([GPU, { ...ASIC, usdPerHour: Number.NaN }])
    expect(() => deciding('cost-greedy', cluster)).toThrow(UserError)
    expect(() => deciding('cost-greedy', cluster)).toThrow("no price for 'small-asic tp1'")
    expect(() => deciding('energy-greedy', cluster)).not.toThrow()
  })
})

describe('asic-first', () => {
  it('fills the ASICs, then the GPUs, then the ASICs again when they have room', () => {
    const cluster = fleet(2, 2)
    const decide = deciding('asic-first', cluster, { slo: { ttftS: 1, tpotS: 0.05 } })
    cluster.load(0, 0, 1)
    cluster.load(2, 0, 5)
    expect(decide(request())).toBe(3)
    cluster.load(2, 8, 16)
    cluster.load(3, 9, 16)
    expect(decide(request())).toBe(1)
    cluster.load(3, 2, 16)
    expect(decide(request())).toBe(3)
  })

  it('is not scared off by requests that wait for a step to end', () => {
    const cluster = fleet(1, 1)
    cluster.load(1, 3, 4)
    expect(deciding('asic-first', cluster)(request())).toBe(1)
  })

  it('sends to a GPU a prompt that no ASIC can prefill in time', () => {
    expect(deciding('asic-first', fleet(1, 1))(request(9000))).toBe(0)
  })

  it('is least-requests without ASICs and with nothing else', () => {
    for (const cluster of [fleet(3), fleet(0, 3)]) {
      const decide = deciding('asic-first', cluster)
      cluster.load(0, 50, 50)
      cluster.load(1, 60, 50)
      cluster.load(2, 40, 50)
      expect(decide(request())).toBe(2)
    }
  })
})

describe('length-split', () => {
  it('sends prompts at the threshold and above to GPUs, the others to ASICs, least requests in each', () => {
    const cluster = fleet(2, 2)
    const decide = deciding('length-split', cluster, { options: { threshold_tokens: 500 } })
    cluster.load(0, 1, 0)
    cluster.load(3, 0, 1)
    expect(decide(request(500))).toBe(1)
    expect(decide(request(499))).toBe(2)
  })

  it('turns round on demand', () => {
    const options = { gpu_takes_long: 0 }
    const decide = deciding('length-split', fleet(1, 1), { options })
    expect([decide(request(2047)), decide(request(2048))]).toEqual([0, 1])
  })

  it('is least-requests with one pool', () => {
    const cluster = fleet(0, 2)
    const decide = deciding('length-split', cluster)
    cluster.load(0, 1, 1)
    expect([decide(request(1)), decide(request(100_000))]).toEqual([1, 1])
  })
})
