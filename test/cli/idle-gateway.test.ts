import { describe, expect, it } from 'vitest'
import { idleGatewayLines } from '../../src/cli/idle-gateway.ts'
import { type Behind, loadedBehind } from './gateways.ts'

const ONE_TIER = (tier: string) => `
  classes: { chat: { tier: ${tier} }, bulk: { tier: ${tier} }, code: { tier: ${tier} } }`
const WAITING = `
  - name: mine
    filters: [expected-within-slo]
    scorers: { queue-scorer: 1 }
    picker: max-score-picker
    when_none: `

async function idle(behind: Behind): Promise<string[]> {
  return idleGatewayLines(await loadedBehind(behind))
}

describe('a part of a gateway that finds nothing to act on', () => {
  it('is none where all do', async () => {
    const gateway = `gateway:
  admission: [tier-shed, saturation]
  queue: { ttl_s: { critical: 1, standard: 2, background: 3 } }
  hold: {}
  retries: { most: 1, backoff_s: 1 }`
    expect(await idle({ gateway })).toEqual([])
    expect(await idle({})).toEqual([])
  })

  it.each<[string, Behind, string]>([
    [
      'a time to live of a tier that no class is of',
      { gateway: 'gateway: { hold: {}, queue: { ttl_s: { sheddable: 3, background: 4 } } }' },
      'gateway.queue.ttl_s.sheddable finds nobody: no class of the workload is sheddable',
    ],
    [
      'a queue in which nobody waits',
      { gateway: 'gateway: { queue: { ttl_s: 3 } }' },
      'gateway.queue finds nobody: without gateway.hold, router.capacity or router.clock no request is held',
    ],
    [
      'saturation, where nothing may be shed',
      { gateway: 'gateway: { admission: [saturation] }', classes: ONE_TIER('standard') },
      'saturation refuses nobody: no class of the workload is batch, sheddable, background',
    ],
    [
      'tier-shed, where all are critical',
      { gateway: 'gateway: { admission: [{ name: tier-shed }] }', classes: ONE_TIER('critical') },
      'tier-shed refuses nobody: all requests are critical',
    ],
    [
      'tier-shed, where all are of one tier',
      { gateway: 'gateway: { admission: [tier-shed] }', classes: '' },
      'all requests are standard: tier-shed tells none apart',
    ],
    [
      'budgets of tenants, where there are none',
      { gateway: 'gateway: { admission: [{ name: tenant-budget, tokens_per_s: 9, burst_tokens: 9 }] }' },
      'no request has a tenant: to tenant-budget all are of one',
    ],
    [
      'retries, where nothing fails',
      { gateway: 'gateway: { admission: [always], hold: {}, retries: { most: 1, backoff_s: 1 } }' },
      'gateway.retries finds nothing to try again: no request is refused, expires or times out',
    ],
  ])('is %s', async (_, behind, line) => {
    expect(await idle(behind)).toEqual([line])
  })

  it.each<[string, Behind]>([
    ['a client gives up', { gateway: 'gateway: { timeout_s: 9, retries: { most: 1, backoff_s: 1 } }' }],
    [
      'requests expire',
      { gateway: 'gateway: { hold: {}, queue: { ttl_s: 9 }, retries: { most: 1, backoff_s: 1 } }' },
    ],
    [
      'a policy refuses',
      { gateway: 'gateway: { retries: { most: 1, backoff_s: 1 } }', policies: `${WAITING}reject` },
    ],
    [
      "a user's own policy might",
      { gateway: 'gateway: { retries: { most: 1, backoff_s: 1 } }', policies: '[./mine.ts]' },
    ],
    [
      'a policy has requests wait',
      { gateway: 'gateway: { queue: { ttl_s: 9 } }', policies: `${WAITING}wait` },
    ],
    [
      'the router is slow',
      { gateway: 'router: { capacity: { base_us: 5 } }\ngateway: { queue: { ttl_s: 9 } }' },
    ],
    [
      'the router has a clock',
      { gateway: 'router: { clock: { tick_s: 5 } }\ngateway: { queue: { ttl_s: 9 } }' },
    ],
  ])('is none where %s', async (_, behind) => {
    expect(await idle(behind)).toEqual([])
  })
})
