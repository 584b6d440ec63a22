import { describe, expect, it } from 'vitest'
import { gatewayLines, gatewayNote } from '../../src/cli/gateway-text.ts'
import type { Standing } from '../../src/experiments/race.ts'
import { emptyAccount, type GatewayResult } from '../../src/gateway/account.ts'
import { figuresOf } from '../../src/results/figures.ts'
import type { RunResult } from '../../src/results/run-result.ts'
import { madeResult } from '../results/made.ts'
import { loadedBehind } from './gateways.ts'

async function linesOf(gateway: string) {
  return gatewayLines(await loadedBehind({ gateway }))
}

describe('what stands before the fleet', () => {
  it('is nothing where the scenario says nothing of it', async () => {
    expect(await linesOf('')).toEqual([])
    expect(await linesOf('router: { lengths: oracle }')).toEqual([])
  })

  it('is told part by part, with the options that are left out', async () => {
    const lines = await linesOf(`router: { clock: { tick_s: 0.5 } }
gateway:
  admission: [ { name: tier-shed, from_requests: 9 }, always ]
  queue: { ttl_s: { background: 60, critical: 2 } }
  retries: { most: 3, backoff_s: 0.5 }
  timeout_s: 30
  hedge: { after_s: 1 }`)
    expect(lines).toEqual([
      ['admission', 'tier-shed (from_requests 9, step_requests 16), then always'],
      ['queue', 'the higher tier first, critical 2 s at most, background 60 s at most'],
      ['time-out', '30 s without a first token'],
      ['hedge', 'a second replica after 1 s without a first token'],
      ['retries', 'at most 3, after 0.5 s and 2 times longer each time'],
      ['clock', 'looks every 0.5 s at what has come'],
    ])
  })

  it.each([
    ['queue: { ttl_s: 5 }', ['queue', 'the higher tier first, all 5 s at most']],
    ['retries: { most: 1, backoff_s: 2 }', ['retries', 'one, after 2 s']],
    [
      'retries: { most: 2, backoff_s: 2, growth: 1 }',
      ['retries', 'at most 2, after 2 s and as long each time'],
    ],
  ])('in other words: %s', async (part, line) => {
    expect(await linesOf(`gateway: { ${part} }`)).toEqual([line])
  })

  it('says how many a kind of replica has room for, and where that is more than it runs', async () => {
    expect(await linesOf('gateway: { hold: {} }')).toEqual([
      ['hold', 'until a replica has fewer outstanding than 32 (one), 64 (two)'],
    ])
    expect(await linesOf('gateway: { hold: { requests: 40 } }')).toEqual([
      ['hold', 'until a replica has fewer outstanding than 40 (one), 40 (two)'],
      ['', 'one runs 32 at a time: up to 8 more wait there'],
    ])
  })
})

describe('the capacity of the router', () => {
  it.each([
    ['base_us: 2000', 'decides among 4 in 2.00 ms: 500 decisions/s at most'],
    ['base_us: 100, per_replica_us: 100', 'decides among 4 in 500 µs: 2,000 decisions/s at most'],
    [
      'per_replica_us: 250, servers: 3',
      'decides among 4 in 1.00 ms, 3 side by side: 3,000 decisions/s at most',
    ],
  ])('is told in decisions: %s', async (capacity, text) => {
    expect(await linesOf(`router: { capacity: { ${capacity} } }`)).toEqual([['router', text]])
  })

  it('is too little for more requests than that', async () => {
    expect(await linesOf('router: { capacity: { base_us: 21000 } }')).toEqual([
      ['router', 'decides among 4 in 21.0 ms: 48 decisions/s at most'],
      ['', 'requests come at 50.0/s: they pile up before the router'],
    ])
    expect(await linesOf('router: { capacity: { base_us: 19000 } }')).toHaveLength(1)
  })
})

describe('what a gateway did', () => {
  const standing = (label: string, result: RunResult): Standing => ({
    entrant: { name: label, label },
    result,
    figures: figuresOf(result),
  })
  const made = (changes: Partial<RunResult>, account: Partial<GatewayResult> = {}) =>
    standing('mine', madeResult({ requests: 1200, ...changes, gateway: { ...emptyAccount(), ...account } }))

  it('is nothing to speak of where every request was sent once', () => {
    expect(gatewayNote([made({}), made({})])).toEqual([])
  })

  it('is told from the least to the most that it was under a policy', () => {
    const one = made({ refused: 4, expired: 7 }, { retries: 3, hedges: 5 })
    const other = made({ refused: 1000, timedOut: 2 }, { retries: 3, hedges: 9, hedgesWon: 4 })
    expect(gatewayNote([one, other]).join().split('\n').join(' ')).toBe(
      'Of 1,200 requests: 4 to 1,000 refused, 0 to 7 expired in the queue, 0 to 2 given up by their clients, ' +
        '3 new tries, 5 to 9 sent to a second replica, 0 to 4 answered by the second first.',
    )
  })
})
