import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { orderFactory, orderNamed, orderOptions } from '../../src/ordering/registry.ts'
import { type Facts, FakeRequests } from './fake-requests.ts'

function message(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    return (error as Error).message
  }
  throw new Error('nothing was thrown')
}

/** The names of requests, pushed in the order given, as the order takes them. */
function asTaken(
  name: string,
  options: Record<string, number>,
  requests: Record<string, Partial<Facts>>,
): string[] {
  const view = new FakeRequests()
  const order = orderFactory(name, options, ['chat', 'batch'])!(view)
  const names = new Map(Object.entries(requests).map(([name, facts]) => [view.come(facts), name]))
  for (const request of names.keys()) order.push(request)
  return Array.from(names, () => names.get(order.take())!)
}

describe('an order takes', () => {
  const classes = {
    batch: { arrivalS: 0, requestClass: 'batch' },
    soon: { arrivalS: 29, requestClass: 'chat' },
    late: { arrivalS: 31, requestClass: 'chat' },
  }

  it('the higher level first, strictly or until others have aged', () => {
    expect(asTaken('priority', { chat: 3 }, classes)).toEqual(['soon', 'late', 'batch'])
    expect(asTaken('priority', { batch: -3 }, classes)).toEqual(['soon', 'late', 'batch'])
    expect(asTaken('priority', { chat: 3, aging_s: 10 }, classes)).toEqual(['soon', 'batch', 'late'])
    expect(asTaken('priority', { chat: 3, aging_s: 0 }, classes)).toEqual(['batch', 'soon', 'late'])
  })

  it('what is thought shorter, or is', () => {
    const lengths = {
      seems: { predictedTokens: 1, outputTokens: 9 },
      is: { predictedTokens: 9, outputTokens: 1 },
    }
    expect(asTaken('sjf', {}, lengths)).toEqual(['seems', 'is'])
    expect(asTaken('oracle-sjf', {}, lengths)).toEqual(['is', 'seems'])
  })

  it('what is due first, or has least time to spare', () => {
    const jobs = {
      undated: { requestClass: 'batch', arrivalS: 1 },
      long: { deadlineS: 20, expectedS: 15 },
      short: { deadlineS: 10, expectedS: 1 },
    }
    expect(asTaken('edf', {}, jobs)).toEqual(['short', 'long', 'undated'])
    expect(asTaken('least-slack', {}, jobs)).toEqual(['long', 'short', 'undated'])
    expect(asTaken('edf', { batch: 14 }, jobs)).toEqual(['short', 'undated', 'long'])
    expect(asTaken('least-slack', { batch: 7 }, jobs)).toEqual(['long', 'undated', 'short'])
  })

  it('classes by their names, whatever these are', () => {
    const odd = { plain: { requestClass: 'chat' }, odd: { requestClass: 'constructor' } }
    expect(asTaken('priority', { chat: -1 }, odd)).toEqual(['odd', 'plain'])
    expect(asTaken('edf', { chat: 5 }, odd)).toEqual(['plain', 'odd'])
  })
})

describe('the registry', () => {
  it('has the queue of the replica itself under fcfs', () => {
    expect(orderFactory('fcfs', {}, ['chat'])).toBeUndefined()
  })

  it('suggests the nearest order', () => {
    expect(message(() => orderNamed('fairshare'))).toBe(
      "there is no order 'fairshare'; did you mean fair-share?",
    )
    expect(message(() => orderNamed('toString'))).toMatch(/^there is no order 'toString'; /)
  })

  it('fills in what is not given', () => {
    expect(orderOptions('fair-share', { output_weight: 3 }, ['chat'])).toEqual({
      input_weight: 1,
      output_weight: 3,
    })
    expect(orderOptions('priority', { chat: 2 }, ['chat', 'batch'])).toEqual({ chat: 2, batch: 0 })
    expect(orderOptions('edf', {}, ['chat'])).toEqual({})
  })

  it('refuses options that the order does not have, classes that nobody is in, and values out of bounds', () => {
    expect(message(() => orderFactory('fcfs', { aging_s: 1 }, []))).toBe(
      "fcfs has no option 'aging_s'; there are none",
    )
    expect(message(() => orderFactory('priority', { chatt: 1 }, ['chat']))).toBe(
      "priority has no option 'chatt'; did you mean chat?",
    )
    expect(message(() => orderFactory('priority', { aging_s: -1 }, ['chat']))).toBe(
      "priority: option 'aging_s' is -1; it must be a finite number >= 0 (seconds)",
    )
    expect(message(() => orderFactory('priority', { chat: 0.5 }, ['chat']))).toMatch(/must be a whole number/)
    expect(message(() => orderFactory('edf', { chat: -2 }, ['chat']))).toMatch(/is -2; .* >= 0/)
    expect(message(() => orderFactory('fair-share', { input_weight: 1.5 }, []))).toMatch(/whole number >= 0/)
  })
})
