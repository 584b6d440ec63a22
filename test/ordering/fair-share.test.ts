import { describe, expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import type { Order } from '../../src/ordering/contract.ts'
import { fairShare } from '../../src/ordering/fair-share.ts'
import { FakeRequests } from './fake-requests.ts'

const WEIGHTS = { input_weight: 1, output_weight: 2 }

/** An order over requests made by `come(tenant, inputTokens)`, which are pushed at once. */
function shop(weights: Record<string, number> = WEIGHTS) {
  const view = new FakeRequests()
  const order = fairShare(weights)(view)
  const come = (tenant: number, inputTokens: number) => {
    const request = view.come({ tenant, inputTokens })
    order.push(request)
    return request
  }
  const tenants = (count: number) => Array.from({ length: count }, () => view.tenant(order.take()))
  return { view, order, come, tenants }
}

describe('turns', () => {
  test('are worth their prompt tokens', () => {
    const { come, tenants } = shop()
    for (let i = 0; i < 3; i++) come(0, 30)
    for (let i = 0; i < 6; i++) come(1, 10)
    // 30 of the one make three of the other: at 30 each the one who came first.
    expect(tenants(9)).toEqual([0, 1, 1, 1, 0, 1, 1, 1, 0])
  })

  test('are worth twice their output tokens, as these come', () => {
    const { order, come, tenants } = shop()
    const first = come(0, 10)
    come(0, 10)
    come(1, 10)
    come(1, 10)
    come(1, 10)
    expect(tenants(1)).toEqual([0])
    order.served!(first, 4)
    expect(tenants(2)).toEqual([1, 1])
    order.served!(first, 1)
    expect(tenants(2)).toEqual([0, 1])
  })

  test('are worth what the options say', () => {
    const { come, tenants } = shop({ input_weight: 0, output_weight: 1 })
    come(0, 1000)
    come(0, 1000)
    come(1, 1)
    expect(tenants(3)).toEqual([0, 0, 1])
  })

  test('are paid for once by one that is preempted', () => {
    const { order, come, tenants } = shop()
    const preempted = come(0, 10)
    come(1, 15)
    order.take()
    order.putBack(preempted)
    come(0, 1)
    come(1, 1)
    // 10 against 0, then against 15; it comes back for nothing, and its tenant stays at 10.
    expect(tenants(4)).toEqual([1, 0, 0, 1])
  })

  test('are shared by all that have no tenant', () => {
    const { come, tenants } = shop()
    come(-1, 10)
    come(-1, 10)
    come(0, 10)
    expect(tenants(3)).toEqual([-1, 0, -1])
  })
})

describe('a tenant that comes back', () => {
  test('has no credit from the time when it asked for nothing', () => {
    const { come, tenants } = shop()
    for (let i = 0; i < 4; i++) come(0, 100)
    expect(tenants(3)).toEqual([0, 0, 0])
    for (let i = 0; i < 3; i++) come(1, 100)
    come(0, 100)
    // Both at 300: no three in a row for the one that was away. Of equals the request that came first.
    expect(tenants(5)).toEqual([0, 1, 1, 0, 1])
  })

  test('is lifted to whoever waited last where nobody waits', () => {
    const { come, tenants } = shop()
    come(0, 100)
    expect(tenants(1)).toEqual([0])
    come(1, 10)
    come(1, 10)
    come(0, 10)
    expect(tenants(3)).toEqual([1, 0, 1])
  })

  test('keeps its debts', () => {
    const { order, come, tenants } = shop()
    const long = come(0, 10)
    expect(tenants(1)).toEqual([0])
    order.served!(long, 100)
    come(1, 1)
    expect(tenants(1)).toEqual([1])
    order.served!(long, 100)
    come(2, 1)
    come(0, 1)
    come(2, 500)
    expect(tenants(3)).toEqual([2, 2, 0])
  })
})

/** The most by which the services of two tenants with ever more requests differ while `memory` tokens run at once. */
function widestGap(makeOrder: (view: FakeRequests) => Order, memory: number, mostInput: number): number {
  const random = stream('two tenants', 'test')
  const view = new FakeRequests()
  const order = makeOrder(view)
  const service = [0, 0]
  const waits = [0, 0]
  const batch = new Map<number, number>()
  let arrivalS = 0
  let widest = 0
  /** One asks for long things, the other for short ones and three times as often. */
  const come = (tenant: number) => {
    const inputTokens = tenant === 0 ? mostInput - below(random, 8) : 1 + below(random, 8)
    const outputTokens = tenant === 0 ? 1 + below(random, 8) : 1 + below(random, 32)
    order.push(view.come({ tenant, inputTokens, outputTokens, arrivalS: arrivalS++ }))
    waits[tenant]++
  }
  const used = () =>
    [...batch.keys()].reduce((sum, it) => sum + view.inputTokens(it) + view.outputTokens(it), 0)
  for (let step = 0; step < 4000; step++) {
    for (let i = 0; i < 4; i++) come(i === 0 ? 0 : 1)
    while (waits[0] < 3) come(0)
    for (;;) {
      const next = order.first()
      if (used() + view.inputTokens(next) + view.outputTokens(next) > memory) break
      order.take()
      waits[view.tenant(next)]--
      while (waits[0] < 3) come(0)
      while (waits[1] < 3) come(1)
      service[view.tenant(next)] += view.inputTokens(next)
      batch.set(next, 0)
    }
    for (const [request, emitted] of batch) {
      service[view.tenant(request)] += 2
      order.served?.(request, 1)
      if (emitted + 1 < view.outputTokens(request)) batch.set(request, emitted + 1)
      else {
        batch.delete(request)
        view.end(request)
      }
    }
    widest = Math.max(widest, Math.abs(service[0] - service[1]))
  }
  expect(Math.min(...service)).toBeGreaterThan(20 * memory)
  return widest
}

test('services of two tenants that always wait never differ by more than the bound of the paper', () => {
  const memory = 400
  const mostInput = 64
  // That of the counters of tenants that wait, in the proofs of arXiv:2401.00588: max(w_p L_input, w_q M).
  const bound = Math.max(WEIGHTS.input_weight * mostInput, WEIGHTS.output_weight * memory)
  const fair = widestGap(view => fairShare(WEIGHTS)(view), memory, mostInput)
  expect(fair).toBeLessThanOrEqual(bound)
  const blind = widestGap(view => fairShare({ input_weight: 0, output_weight: 0 })(view), memory, mostInput)
  expect(blind).toBeGreaterThan(10 * bound)
})
