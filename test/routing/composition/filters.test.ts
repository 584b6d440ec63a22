import { describe, expect, it } from 'vitest'
import { filters } from '../../../src/routing/composition/filters.ts'
import { fleet, request } from '../fake-cluster.ts'
import { everyone, keptBy, listOf, part } from './helpers.ts'

function queues(...waiting: readonly number[]) {
  const cluster = fleet(waiting.length)
  waiting.forEach((requests, replica) => {
    cluster.load(replica, requests, 0)
  })
  return cluster
}

describe('filters by load', () => {
  it('keep queues up to the threshold', () => {
    expect(keptBy('low-queue-filter', queues(0, 128, 129))).toEqual([0, 1])
    expect(keptBy('low-queue-filter', queues(0, 128, 129), { options: { threshold: 0 } })).toEqual([0])
    expect(keptBy('low-queue-filter', queues(500, 600))).toEqual([])
  })

  it('keep the lowest range of queues, its width a whole number', () => {
    // (14 - 2) / 4 = 3: up to 5.
    expect(keptBy('least-queue-filter', queues(2, 5, 6, 14))).toEqual([0, 1])
    // (5 - 2) / 4 is less than one.
    expect(keptBy('least-queue-filter', queues(2, 3, 2, 5))).toEqual([0, 2])
    expect(keptBy('least-queue-filter', queues(9, 9))).toEqual([0, 1])
  })

  it('keep the lowest range of KV memory taken', () => {
    const cluster = fleet(4)
    ;[10_000, 29_000, 31_000, 90_000].forEach((tokens, replica) => {
      cluster.load(replica, 0, 1, tokens)
    })
    expect(keptBy('least-kv-cache-filter', cluster)).toEqual([0, 1])
  })

  it('keep up to so many requests outstanding', () => {
    const cluster = fleet(3)
    cluster.load(1, 2, 2)
    cluster.load(2, 1, 4)
    expect(keptBy('active-request-filter', cluster, { options: { max_requests: 4 } })).toEqual([0, 1])
  })
})

describe('a filter by labels', () => {
  const kept = (labels: object) => keptBy('label-selector-filter', fleet(2, 2), { labels })

  it('keeps those that have them all', () => {
    expect(kept({ device_kind: 'asic' })).toEqual([2, 3])
    expect(kept({ kind: 'big-gpu tp4' })).toEqual([0, 1])
    expect(kept({ kind: 'big-gpu tp4', device_kind: 'asic' })).toEqual([])
  })
})

describe('a filter by cached prefixes', () => {
  const NAME = 'prefix-cache-affinity-filter'
  const cached = (...hits: number[]) => {
    const cluster = fleet(hits.length)
    cluster.hits.set(hits)
    return cluster
  }

  it('keeps those that hold enough of the prompt, or all where nobody does', () => {
    expect(keptBy(NAME, cached(0, 800, 799, 1000))).toEqual([1, 3])
    expect(keptBy(NAME, cached(0, 799))).toEqual([0, 1])
    expect(keptBy(NAME, cached(300, 0), { options: { affinity_threshold: 0.3 } })).toEqual([0])
  })

  it('keeps all where those have a TTFT that much longer', () => {
    const cluster = cached(1000, 0)
    cluster.load(0, 40, 0) // A second more than the other.
    const allowing = (max_ttft_penalty_ms: number) =>
      keptBy(NAME, cluster, { options: { max_ttft_penalty_ms } })
    expect(allowing(1001)).toEqual([0])
    expect(allowing(999)).toEqual([0, 1])
    expect(allowing(0)).toEqual([0])
  })

  it('keeps all now and then, if asked to', () => {
    const options = { exploration_probability: 0.25 }
    expect(keptBy(NAME, cached(1000, 0), { options, random: () => 0.24 })).toEqual([0, 1])
    expect(keptBy(NAME, cached(1000, 0), { options, random: () => 0.25 })).toEqual([0])
  })
})

describe('filters by the SLO', () => {
  const late = fleet(3)
  late.load(1, 100, 0) // TTFT 2.5 s, of 1 s.

  it('keep those within it, or else the others, or, now and then, the others', () => {
    const NAME = 'slo-headroom-tier-filter'
    expect(keptBy(NAME, late, { random: () => 0.5 })).toEqual([0, 2])
    expect(keptBy(NAME, late, { random: () => 0.009 })).toEqual([1])
    expect(keptBy(NAME, fleet(2), { random: () => 0 })).toEqual([0, 1])
    expect(keptBy(NAME, late, { random: () => 0.5 }, request(1_000_000))).toEqual([0, 1, 2])
  })

  it('keep those within it, even if there is none', () => {
    expect(keptBy('expected-within-slo', late)).toEqual([0, 2])
    expect(keptBy('expected-within-slo', late, {}, request(1_000_000))).toEqual([])
  })
})

const NEEDED: Record<string, object> = {
  'active-request-filter': { options: { max_requests: 3 } },
  'label-selector-filter': { labels: { device_kind: 'gpu' } },
}

describe.each(Object.keys(filters))('%s', name => {
  it('keeps only candidates, in their order', () => {
    const cluster = fleet(3, 3)
    cluster.hits.set([0, 1000, 900, 0, 900, 10])
    for (let replica = 0; replica < 6; replica++) cluster.load(replica, (replica * 5) % 7, replica)
    const candidates = everyone(cluster)
    candidates.ids.set([1, 2, 4])
    candidates.count = 3
    part('filter', name, cluster, NEEDED[name])(request(), cluster, candidates)
    const kept = listOf(candidates)
    expect(kept).toEqual([1, 2, 4].filter(replica => kept.includes(replica)))
  })

  it('says whom it keeps in one line of help', () => {
    expect(filters[name as keyof typeof filters].about).toMatch(/^[^\n]{5,100}$/)
  })
})
