import { beforeAll, describe, expect, it } from 'vitest'
import { REJECT, WAIT } from '../../src/routing/contract.ts'
import { policies, policyNamed } from '../../src/routing/registry.ts'
import {
  ASIC,
  deciding,
  drive,
  FakeCluster,
  fleet,
  GPU,
  OpenRequest,
  request,
  SealedRequest,
} from './fake-cluster.ts'
import { whileGatesMove } from './gates.ts'
import { heapGrowthOver100k } from './memory.ts'

const names = Object.keys(policies)
const isOracle = (name: string) => 'oracle' in policyNamed(name)
const viewFor = (name: string) => (isOracle(name) ? new OpenRequest() : new SealedRequest())

function choices(name: string, cluster: FakeCluster, seed = 'seed', decisions = 2000): Int32Array {
  return drive(deciding(name, cluster, { seed }), cluster, {
    decisions,
    outstanding: 60,
    view: viewFor(name),
  })
}

function histogram(chosen: Int32Array, replicas: number): number[] {
  const counts = Array<number>(replicas).fill(0)
  for (const replica of chosen) counts[replica]++
  return counts
}

/** Some replicas of the role beside some that do both. */
function withRole(role: 'prefill' | 'decode'): FakeCluster {
  return new FakeCluster([{ ...GPU, role }, ASIC, { ...GPU, role }, ASIC, ASIC])
}

/** What each of these may choose from is less than the fleet: while none of it is available, its requests wait. */
const PARTS: Readonly<Record<string, string>> = {
  'class-partition': 'a class has its part of the fleet',
  'length-split': 'long and short prompts have a pool each',
  flood: 'all goes to replica 0',
}

/** Policies that bury replicas by design. */
const controls = ['always-busiest', 'flood']

describe.each(names)('%s', name => {
  beforeAll(async () => policyNamed(name).ready?.())

  it('answers with a replica on mixed, GPU-only and ASIC-only fleets, never reading the output length', () => {
    for (const cluster of [fleet(3, 5), fleet(7), fleet(0, 6), fleet(1, 1)]) {
      const chosen = choices(name, cluster)
      expect(chosen.every(replica => replica >= 0 && replica < cluster.replicas)).toBe(true)
    }
  })

  it('answers with the only replica there is', () => {
    for (const cluster of [fleet(1), fleet(0, 1)])
      expect(new Set(choices(name, cluster))).toEqual(new Set([0]))
  })

  it('answers when all is idle and when all is overloaded', () => {
    const cluster = fleet(2, 2)
    const decide = deciding(name, cluster)
    const view = viewFor(name)
    for (let i = 0; i < 100; i++) expect([0, 1, 2, 3]).toContain(decide(view))
    for (let replica = 0; replica < 4; replica++) cluster.load(replica, 10_000, 1000)
    for (let i = 0; i < 100; i++) expect([0, 1, 2, 3]).toContain(decide(view))
  })

  it('answers no replica that is not available while one is, of those that it may choose from', () => {
    for (const cluster of [fleet(3, 5), fleet(9), fleet(1), withRole('prefill'), withRole('decode')]) {
      whileGatesMove(deciding(name, cluster), cluster, viewFor(name), answer => {
        expect(answer).toBeGreaterThanOrEqual(policyNamed(name).waits ? WAIT : REJECT)
        expect(answer).toBeLessThan(cluster.replicas)
        if (answer < 0 || name in PARTS) return
        expect(cluster.isAvailable(answer)).toBe(cluster.available.includes(1))
      })
    }
  })

  it('decides the same under the same seed while replicas open and close', () => {
    const answers = () => {
      const given: number[] = []
      const cluster = fleet(3, 5)
      whileGatesMove(deciding(name, cluster), cluster, viewFor(name), answer => given.push(answer))
      return given
    }
    expect(answers()).toEqual(answers())
  })

  it('forgets what it answered while nothing was available', () => {
    const cluster = fleet(2, 2)
    const decide = deciding(name, cluster)
    const view = Object.assign(viewFor(name), { session: 7, blocks: [1], prefixBlockTokens: 100 })
    for (let replica = 0; replica < 4; replica++) cluster.open(replica, false)
    for (let i = 0; i < 50; i++) expect([0, 1, 2, 3]).toContain(decide(view))
    for (const opened of name in PARTS ? [] : [2, 0, 3, 1]) {
      cluster.open(opened, true)
      for (let i = 0; i < 50; i++) expect(decide(view)).toBe(opened)
      cluster.open(opened, false)
    }
  })

  it('decides the same under the same seed', () => {
    expect(choices(name, fleet(4, 9), 'a')).toEqual(choices(name, fleet(4, 9), 'a'))
  })

  it.skipIf(controls.includes(name))(
    'leaves no replica idle and buries none when equal replicas are loaded beyond their objectives',
    () => {
      const cluster = fleet(8)
      const decide = deciding(name, cluster, { slo: { ttftS: 0.2, tpotS: 0.0125 } })
      const chosen = drive(decide, cluster, { decisions: 8000, outstanding: 400, view: viewFor(name) })
      const counts = histogram(chosen, 8)
      expect(Math.min(...counts)).toBeGreaterThan(500)
      expect(Math.max(...counts)).toBeLessThan(2000)
    },
  )

  it('holds on to no memory over 100 000 decisions', () => {
    const cluster = fleet(4, 4)
    const decide = deciding(name, cluster)
    const view = viewFor(name)
    const run = (decisions: number) => {
      for (let i = 0; i < decisions; i++) {
        view.inputTokens = 1 + (i % 4000)
        Object.assign(view, { number: i, session: i, tenant: i, blocks: [i], prefixBlockTokens: 64 })
        const replica = decide(view)
        cluster.load(replica, i % 3, i % 17)
        cluster.open(i % 8, i % 5 > 0)
        // Of some, nothing is ever heard again.
        if (i % 3 > 0) cluster.end(view, replica)
      }
    }
    expect(heapGrowthOver100k(run)).toBeLessThan(400_000)
  })

  it('says what it is in one line of help', () => {
    expect(policyNamed(name).about).toMatch(/^[^\n]{5,100}$/)
  })
})

describe('questions asked per decision (a snapshot of the fleet for each, as BLIS takes, costs O(fleet))', () => {
  const scalable = [
    'random',
    'round-robin',
    'weighted-round-robin',
    'least-requests',
    'least-tokens',
    'power-of-two',
    'asic-first',
    'gpu-first',
    'length-split',
    'session-affinity',
    'consistent-hash',
    'chwbl',
    'capacity-normalised',
    'spillover',
    'class-partition',
    'pd-split',
    'mixed-pool',
    'max-flow',
    'melange-assign',
    'flood',
  ]
  it.each(scalable)('%s asks a large fleet no more than a small one', async name => {
    await policyNamed(name).ready?.()
    const [small, large] = [64, 1024].map(replicas => {
      const cluster = fleet(replicas / 2, replicas / 2)
      const decide = deciding(name, cluster)
      cluster.questions = 0
      for (let i = 0; i < 1000; i++) decide(request(1 + ((i * 37) % 4000)))
      return cluster.questions
    })
    expect(large).toBe(small)
    expect(large).toBeLessThanOrEqual(2 * 1000)
  })
})
