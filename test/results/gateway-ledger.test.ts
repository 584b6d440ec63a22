import { expect, test } from 'vitest'
import type { GatewaySpec } from '../../src/gateway/contract.ts'
import { type RequestContext, requestColumns } from '../../src/results/columns/requests.ts'
import { summaryColumns } from '../../src/results/columns/summary.ts'
import { figuresOf } from '../../src/results/figures.ts'
import { simulate } from '../../src/simulate.ts'
import { idleServers } from '../fleet/servers.ts'
import { arraySource } from '../laws/courses.ts'

/* What requests.csv and summary.csv say of a run adds up to what its meters read. */

const HALF_S = 0.5

/** Four servers of a second a request under six a second, sent anywhere: many come late, and some first at another. */
function course(gateway: GatewaySpec) {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    arrivalS: Math.floor(i / 3) * HALF_S,
    inputTokens: 4,
    outputTokens: 1,
  }))
  const base = idleServers(1, {
    replicas: [0, 0, 0, 0],
    arrivals: () => arraySource(rows),
    gateway,
    pue: 1.25,
  })
  return { ...base, kinds: [{ ...base.kinds[0], usdPerHour: 7200 }] }
}

const GATEWAY: GatewaySpec = {
  admission: [],
  timeoutS: 2.3,
  hedgeAfterS: 1.2,
  retries: { most: 2, backoffS: 0.7, growth: 2 },
}

test('shares and losses are what the meters read, in seconds, dollars and joules', async () => {
  const { kinds, pue, ...rest } = course(GATEWAY)
  const context: RequestContext = {
    policy: 'random',
    classes: ['all'],
    tenants: [],
    models: [],
    kindOf: () => kinds[0],
    meetsSlo: () => true,
    pue,
  }
  const value = (name: string) => requestColumns.find(column => column.name === name)!.value
  const shares = { share_s: 0, share_usd: 0, share_j: 0, retries: 0 }
  const result = await simulate(
    { kinds, pue, ...rest },
    { name: 'random' },
    {
      onEnd: (request, requests) => {
        for (const name of Object.keys(shares) as (keyof typeof shares)[])
          shares[name] += Number(value(name)({ context, requests, request }))
      },
    },
  )
  const row = { policy: 'random', result, figures: figuresOf(result) }
  const total = (name: string) => Number(summaryColumns.find(column => column.name === name)!.value(row))
  const busyS = result.replicas.reduce((sum, { lifeBusyS }) => sum + lifeBusyS, 0)
  const busyJ = result.replicas.reduce((sum, { lifeBusyJ }) => sum + lifeBusyJ, 0)

  for (const name of ['retries', 'timeouts', 'timed_out', 'hedges', 'hedges_won', 'lost_s'])
    expect(total(name), name).toBeGreaterThan(0)
  expect(shares.share_s + total('lost_s')).toBeCloseTo(busyS, 9)
  expect(shares.share_usd + total('lost_usd')).toBeCloseTo(2 * busyS, 9)
  expect(shares.share_j + total('lost_j')).toBeCloseTo(busyJ, 6)
  expect(shares.retries).toBe(total('retries'))
})
