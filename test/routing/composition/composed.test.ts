import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/core/errors.ts'
import { compositionEntry } from '../../../src/routing/composition/composed.ts'
import { REJECT, WAIT } from '../../../src/routing/contract.ts'
import { drive, fleet, request, SealedRequest } from '../fake-cluster.ts'
import { composedOn, composition } from './helpers.ts'

const SHORT_QUEUE = { name: 'low-queue-filter', options: { threshold: 2 } }
const GPUS = { name: 'label-selector-filter', options: {}, labels: { device_kind: 'gpu' } }

describe('a composition', () => {
  it('adds scores up by weight', () => {
    const cluster = fleet(2)
    cluster.load(0, 4, 0, 0) // Worst queue, all KV memory free.
    cluster.load(1, 0, 4, 60_000)
    const chosen = (queue: number, kv: number) =>
      composedOn(
        cluster,
        composition({ scorers: { 'queue-scorer': queue, 'kv-cache-utilization-scorer': kv } }),
      )(request())
    expect(chosen(0, 1)).toBe(0)
    expect(chosen(1, 0)).toBe(1)
    // Replica 0 scores kv; replica 1 queue + 0.4 kv.
    expect(chosen(0.59, 1)).toBe(0)
    expect(chosen(0.61, 1)).toBe(1)
    expect(chosen(61, 100)).toBe(1)
  })

  it('has each filter see what those before it left', () => {
    const cluster = fleet(2, 2)
    ;[9, 4, 0, 1].forEach((waiting, replica) => {
      cluster.load(replica, waiting, 0)
    })
    const least = { name: 'least-queue-filter', options: {} }
    const chosen = (...filters: object[]) => {
      const spec = composition({
        filters: filters as never,
        picker: 'random-picker',
        whenNone: 'reject',
      })
      return composedOn(cluster, spec)(request())
    }
    expect(chosen(GPUS, least)).toBe(1)
    expect(chosen(least, GPUS)).toBe(REJECT)
  })

  it('scores and picks among who is left', () => {
    const cluster = fleet(2, 2)
    cluster.load(0, 3, 0)
    cluster.load(1, 1, 0)
    const spec = composition({ filters: [GPUS], scorers: { 'queue-scorer': 1 }, whenNone: 'reject' })
    expect(composedOn(cluster, spec)(request())).toBe(1)
  })

  it.each([
    ['reject', REJECT],
    ['wait', WAIT],
    ['ignore-filters', 1],
  ] as const)('does as told where nobody is left: %s', (whenNone, expected) => {
    const cluster = fleet(2)
    cluster.load(0, 8, 0)
    cluster.load(1, 7, 0)
    const spec = composition({ filters: [SHORT_QUEUE], scorers: { 'queue-scorer': 1 }, whenNone })
    const decide = composedOn(cluster, spec)
    expect(decide(request())).toBe(expected)
    cluster.load(0, 0, 0)
    expect(decide(request())).toBe(0)
  })

  it('tells parts with a memory where requests went, and reads notes for those that need them', () => {
    const spec = composition({ scorers: { 'session-affinity-scorer': 2, 'queue-scorer': 1 } })
    const cluster = fleet(3)
    const decide = composedOn(cluster, spec)
    const ofSession = (session: number) => decide(Object.assign(new SealedRequest(), { session }))
    const first = ofSession(1)
    expect(ofSession(2)).not.toBe(first)
    cluster.load(first, 9, 0)
    expect(ofSession(1)).toBe(first)
    expect(compositionEntry(spec).readsNotes).toBe(true)
    expect(compositionEntry(composition({ scorers: { 'queue-scorer': 1 } })).readsNotes).toBeUndefined()
  })

  it.each([
    [
      { scorers: { 'queue-scorer': 1 }, picker: 'random-picker' },
      'there are scorers; beside random-picker, which asks for no score, there must be none',
    ],
    [
      { scorers: { 'queue-scorer': 1 }, whenNone: 'reject' as const },
      'when_none is reject; without filters it must be left out',
    ],
    [
      { scorers: { 'queue-scorer': 1e308, 'prefix-cache-scorer': 1e308 } },
      'the weights are queue-scorer 1e+308, prefix-cache-scorer 1e+308; their sum must be finite',
    ],
  ])('is refused where a part would have no effect: %o', (given, message) => {
    expect(() => compositionEntry(composition(given))).toThrow(message)
  })

  it('decides the same under the same seed, and spreads load over equals', () => {
    const spec = composition({
      filters: [SHORT_QUEUE],
      scorers: { 'prefix-cache-scorer': 3, 'queue-scorer': 2, 'running-requests-size-scorer': 2 },
      picker: { name: 'softmax-picker', options: { temperature: 0.1 } },
      whenNone: 'ignore-filters',
    })
    const run = (seed: string) => {
      const cluster = fleet(8)
      const view = new SealedRequest()
      return drive(composedOn(cluster, spec, seed), cluster, { decisions: 4000, outstanding: 100, view })
    }
    expect(run('a')).toEqual(run('a'))
    expect(run('a')).not.toEqual(run('b'))
    const counts = Array(8).fill(0)
    for (const replica of run('a')) counts[replica]++
    expect(Math.min(...counts)).toBeGreaterThan(350)
  })

  it('asks each replica once for each scorer, however few weigh anything', () => {
    const cluster = fleet(100)
    const spec = composition({ scorers: { 'queue-scorer': 1, 'expected-ttft': 0, 'expected-e2e': 0 } })
    const decide = composedOn(cluster, spec)
    cluster.questions = 0
    decide(request())
    expect(cluster.questions).toBe(100)
  })
})

describe('mistakes in a composition', () => {
  const says = (spec: Parameters<typeof composition>[0]) => {
    try {
      composedOn(fleet(2), composition(spec))
    } catch (error) {
      expect(error).toBeInstanceOf(UserError)
      return (error as Error).message
    }
    return 'no mistake'
  }

  it.each([
    [{ scorers: { 'queue-score': 1 } }, "there is no scorer 'queue-score'; did you mean queue-scorer"],
    [{ scorers: { 'queue-scorer': 1 }, picker: 'max-picker' }, "there is no picker 'max-picker'; "],
    [{ scorers: { 'queue-scorer': Number.NaN } }, 'queue-scorer NaN; they must be finite numbers >= 0'],
    [{ scorers: { 'queue-scorer': -1 } }, 'queue-scorer -1; they must be finite numbers >= 0'],
    [{ scorers: { 'queue-scorer': 0, 'expected-ttft': 0 } }, 'expected-ttft 0; at least one must be > 0'],
    [{}, 'there are no scorers; beside max-score-picker there must be at least one'],
    [{ filters: [SHORT_QUEUE], picker: 'random-picker' }, 'when_none is missing'],
    [
      {
        filters: [{ name: 'active-request-filter', options: {} }],
        picker: 'random-picker',
        whenNone: 'reject',
      },
      "active-request-filter: option 'max_requests' is missing; it must be given",
    ],
    [
      { filters: [{ ...GPUS, labels: {} }], picker: 'random-picker', whenNone: 'reject' },
      'label-selector-filter has no match_labels; it must have some',
    ],
    [
      { filters: [{ ...GPUS, name: 'low-queue-filter' }], picker: 'random-picker', whenNone: 'reject' },
      'low-queue-filter has match_labels; it takes none',
    ],
  ] as const)('%j', (spec, message) => {
    expect(says(spec as never)).toContain(message)
  })
})
