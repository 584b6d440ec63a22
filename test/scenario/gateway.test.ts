import { describe, expect, it } from 'vitest'
import { fleetOf, GOOD, mistake, variant } from './helpers.ts'

/** The good scenario with what stands between its arrivals and its fleet. */
function behind(gateway: string): string {
  return GOOD.replace('policies:', `${gateway}\npolicies:`)
}

/** The good scenario where prompts are computed apart from decodes. */
const APART = variant(
  ['fleet:', 'disaggregation: {}\nfleet:'],
  ['node: aws', 'role: prefill\n    name: prompts\n    node: aws'],
  ['policies:', '  - { role: decode, on: prompts, replicas: 1, name: decodes, engine: vllm }\npolicies:'],
  ['replicas_per_node: 3', 'replicas_per_node: 2'],
)

describe('a gateway', () => {
  it('is none where the scenario says nothing of one', () => {
    expect(fleetOf(GOOD).gateway).toBeUndefined()
    expect(fleetOf(behind('router: { lengths: oracle }')).gateway).toBeUndefined()
  })

  it('is built as told', () => {
    const { admission, ...gateway } = fleetOf(
      behind(`router: { clock: { tick_s: 0.5 }, capacity: { base_us: 20, per_replica_us: 1, servers: 2 } }
gateway:
  admission: [always, { name: token-bucket, rate_per_s: 2, burst: 3 }]
  queue: { ttl_s: { batch: 10 } }
  retries: { most: 3, backoff_s: 0.5 }
  timeout_s: 30
  hedge: { after_s: 1 }`),
    ).gateway!
    expect(admission).toHaveLength(2)
    expect(gateway).toEqual({
      tickS: 0.5,
      router: { decisionS: 20e-6, perReplicaS: 1e-6, servers: 2 },
      timeToLiveS: { batch: 10 },
      retries: { most: 3, backoffS: 0.5, growth: 2 },
      timeoutS: 30,
      hedgeAfterS: 1,
    })
  })

  it('may hold all tiers for the same time', () => {
    const { timeToLiveS } = fleetOf(behind('gateway: { queue: { ttl_s: 5 } }')).gateway!
    expect(timeToLiveS).toEqual({ critical: 5, standard: 5, batch: 5, sheddable: 5, background: 5 })
  })

  it('holds until replicas have room: for as many requests as they run, or for so many', () => {
    const room = (hold: string) => fleetOf(behind(`gateway: { hold: ${hold} }`)).gateway!.room
    expect(room('{}')).toEqual([128, 128, 128, 128, 128, 128])
    expect(room('{ requests: 3 }')).toEqual([3, 3, 3, 3, 3, 3])
    expect(room('{ requests: 500 }')![0]).toBe(500)
  })

  it('knows tenants where an admission goes by them', () => {
    const budget = '{ name: tenant-budget, tokens_per_s: 9, burst_tokens: 99 }'
    expect(fleetOf(behind(`gateway: { admission: [${budget}] }`)).gateway).toHaveProperty('readsNotes', true)
    expect(fleetOf(behind('gateway: { admission: [always] }')).gateway).not.toHaveProperty('readsNotes')
  })
})

describe('a mistake in what stands before the fleet is told', () => {
  it.each([
    [
      'an unknown part',
      'gateway: { queu: { ttl_s: 1 } }',
      "13:12: gateway has no key 'queu'; did you mean queue?",
    ],
    [
      'nothing at all',
      'gateway: {}',
      '13:10: gateway is empty; must have admission, queue, hold, retries, timeout_s or hedge',
    ],
    [
      'tiers without any',
      'gateway: { queue: { ttl_s: {} } }',
      '13:19: gateway.queue has a ttl_s of no tier; must name one of critical, standard, batch, sheddable, background',
    ],
    [
      'an unknown admission',
      'gateway: { admission: [teir-shed] }',
      '13:24: gateway.admission[0] is "teir-shed"; did you mean tier-shed?',
    ],
    [
      'an unknown admission with options',
      'gateway: { admission: [always, { name: token-buket, burst: 3 }] }',
      '13:40: gateway.admission[1].name is "token-buket"; did you mean token-bucket?',
    ],
    [
      'an unknown option',
      'gateway: { admission: [{ name: tier-shed, from_request: 3 }] }',
      "13:24: gateway.admission[0]: tier-shed has no option 'from_request'; did you mean from_requests?",
    ],
    [
      'a missing option',
      'gateway: { admission: [{ name: token-bucket, rate_per_s: 5 }] }',
      "13:24: gateway.admission[0]: token-bucket: option 'burst' is missing; it must be given",
    ],
    [
      'an option out of bounds',
      'gateway: { admission: [{ name: saturation, kv_use: 80 }] }',
      "13:24: gateway.admission[0]: saturation: option 'kv_use' is 80; it must be a finite number >= 0 <= 1",
    ],
    [
      'an option that is no number',
      'gateway: { admission: [{ name: saturation, kv_use: most }] }',
      '13:52: gateway.admission[0].kv_use is "most"; must be a number',
    ],
    ['no admission', 'gateway: { admission: [] }', '13:23: gateway.admission is []; must have >= 1 entry'],
    [
      'an unknown tier',
      'gateway: { queue: { ttl_s: { backgroud: 3 } } }',
      "13:30: gateway.queue.ttl_s has no key 'backgroud'; did you mean background?",
    ],
    ['no time to live', 'gateway: { queue: { ttl_s: 0 } }', '13:28: gateway.queue.ttl_s is 0; must be > 0'],
    [
      'room for nobody',
      'gateway: { hold: { requests: 0 } }',
      '13:30: gateway.hold.requests is 0; must be >= 1',
    ],
    [
      'a part of a retry',
      'gateway: { retries: { most: 1.5, backoff_s: 1 } }',
      '13:29: gateway.retries.most is 1.5; must be a whole number',
    ],
    [
      'retries at once',
      'gateway: { retries: { most: 1, backoff_s: 0 } }',
      '13:43: gateway.retries.backoff_s is 0; must be > 0',
    ],
    [
      'waits that shrink',
      'gateway: { retries: { most: 1, backoff_s: 1, growth: 0.5 } }',
      '13:54: gateway.retries.growth is 0.5; must be >= 1',
    ],
    [
      'a hedge after the client has gone',
      'gateway: { timeout_s: 2, hedge: { after_s: 2 } }',
      '13:33: gateway.hedge comes after 2 s; must come before timeout_s, 2, to come at all',
    ],
    [
      'decisions that take no time, made side by side',
      'router: { capacity: { servers: 4 } }',
      '13:21: router.capacity has neither base_us nor per_replica_us above 0; must have one of them, or decisions take no time',
    ],
    [
      'a clock that stands still',
      'router: { clock: { tick_s: 0 } }',
      '13:28: router.clock.tick_s is 0; must be > 0',
    ],
  ])('%s', (_, gateway, message) => {
    expect(mistake(behind(gateway))).toBe(`s.yaml:${message}`)
  })

  it.each([
    [
      'timeout_s: 9',
      'gateway.timeout_s is 9; must be left out beside disaggregation: what has been handed over cannot be called back',
    ],
    [
      'hedge: { after_s: 1 }',
      'gateway.hedge must be left out beside disaggregation: what has been handed over cannot be called back',
    ],
  ])('what calls back, beside disaggregation: %s', (key, message) => {
    expect(mistake(APART)).toBe('no mistake')
    const text = APART.replace('policies:', `gateway: { ${key} }\npolicies:`)
    expect(mistake(text).replace(/^s.yaml:\d+:\d+: /, '')).toBe(message)
  })
})
