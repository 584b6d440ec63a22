import { describe, expect, expectTypeOf, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import type { OraclePolicyFactory, PolicyFactory } from '../../src/routing/contract.ts'
import { makePolicy, policyOptions } from '../../src/routing/making.ts'
import { type policies, policyNamed } from '../../src/routing/registry.ts'
import { deciding, fleet } from './fake-cluster.ts'

function message(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    return (error as Error).message
  }
  throw new Error('nothing was thrown')
}

describe('policyNamed', () => {
  it.each([
    ['round-robbin', 'round-robin'],
    ['least-request', 'least-requests'],
    ['powerof-two', 'power-of-two'],
    ['ramdon', 'random'],
    ['Cost-Greedy', 'cost-greedy'],
  ])('for %s suggests %s', (given, meant) => {
    expect(message(() => policyNamed(given))).toMatch(
      new RegExp(`no policy '${given}'; did you mean ${meant}\\b`),
    )
  })

  it('lists all policies when none is near, and is not fooled by names that every object has', () => {
    expect(message(() => policyNamed('xyzzy'))).toMatch(/known: random, round-robin, .*oracle-least/)
    expect(message(() => policyNamed('toString'))).toMatch(/there is no policy/)
  })
})

describe('options of a policy', () => {
  const resolve = (name: string, given: Record<string, number>) =>
    policyOptions(name, policyNamed(name), given, ['big-gpu tp4'])

  it('have defaults', () => {
    expect(resolve('power-of-two', {})).toEqual({ choices: 2 })
    expect(resolve('length-split', { threshold_tokens: 10 })).toEqual({
      threshold_tokens: 10,
      gpu_takes_long: 1,
    })
    expect(resolve('length-split', { gpu_takes_long: 1, threshold_tokens: 1 })).toHaveProperty(
      'threshold_tokens',
      1,
    )
    expect(resolve('weighted-round-robin', {})).toEqual({})
  })

  it('unknown are refused with the nearest name', () => {
    expect(message(() => resolve('length-split', { treshold_tokens: 9 }))).toBe(
      "length-split has no option 'treshold_tokens'; did you mean threshold_tokens?",
    )
    expect(message(() => resolve('random', { choices: 2 }))).toBe(
      "random has no option 'choices'; there are none",
    )
    expect(message(() => resolve('weighted-round-robin', { 'big-gpu tp8': 2 }))).toMatch(
      /did you mean big-gpu tp4/,
    )
  })

  it('out of bounds are refused with value and bound', () => {
    expect(message(() => resolve('power-of-two', { choices: 0 }))).toBe(
      "power-of-two: option 'choices' is 0; it must be a whole number >= 1 (replicas)",
    )
    expect(message(() => resolve('power-of-two', { choices: 1.5 }))).toMatch(
      /is 1.5; it must be a whole number/,
    )
    expect(message(() => resolve('length-split', { gpu_takes_long: 2 }))).toMatch(/is 2; .* >= 0 <= 1/)
    expect(message(() => resolve('length-split', { threshold_tokens: Number.NaN }))).toMatch(/is NaN/)
    expect(message(() => resolve('weighted-round-robin', { 'big-gpu tp4': -1 }))).toMatch(/is -1; .* >= 0/)
  })

  it('reach the policy when it is made', () => {
    expect(message(() => deciding('power-of-two', fleet(2), { options: { choices: -1 } }))).toMatch(/>= 1/)
  })
})

describe('makePolicy', () => {
  it('tells oracles apart, in types and in values', () => {
    expectTypeOf<(typeof policies)['random']['make']>().toEqualTypeOf<PolicyFactory>()
    expectTypeOf<
      (typeof policies)['oracle-least-expected-latency']['oracle']
    >().toEqualTypeOf<OraclePolicyFactory>()
    expect(makePolicy('random', fleet(2).setup())).toHaveProperty('policy')
    expect(makePolicy('oracle-least-expected-latency', fleet(2).setup())).toHaveProperty('oracle')
  })

  it('says which policy failed at set-up and why', () => {
    const make = () => {
      throw new TypeError('no such thing')
    }
    expect(message(() => deciding('mine', fleet(2), {}, { about: '', make }))).toMatch(
      /^policy mine: set-up threw TypeError: no such thing at registry\.test\.ts:\d+:\d+$/,
    )
  })

  it('works with a set-up whose methods need their object', () => {
    const { cluster, random, slo, options, leastLoaded, ...methods } = fleet(2).setup()
    class Setup {
      cluster = cluster
      random = random
      slo = slo
      options = options
      #leastLoaded = leastLoaded
      leastLoaded(...args: Parameters<typeof leastLoaded>) {
        return this.#leastLoaded(...args)
      }
      release = methods.release
      indexPrefixes = methods.indexPrefixes
      onEnd = methods.onEnd
      onAvailable = methods.onAvailable
      askAgainAt = methods.askAgainAt
      predicted = methods.predicted
      flowGraph = methods.flowGraph
    }
    expect(() => makePolicy('least-requests', new Setup())).not.toThrow()
  })
})
