import { describe, expect, it } from 'vitest'
import {
  type AdmissionName,
  admissionNamed,
  admissionOf,
  admissions,
} from '../../src/gateway/admission/registry.ts'
import { TIERS, type Tier } from '../../src/gateway/contract.ts'
import { fleet, request, SealedRequest } from '../routing/fake-cluster.ts'
import { heapGrowthOver100k } from '../routing/memory.ts'

const GIVEN: Partial<Record<AdmissionName, Record<string, number>>> = {
  'token-bucket': { rate_per_s: 2, burst: 3 },
  'tenant-budget': { tokens_per_s: 1000, burst_tokens: 5000 },
}

const admitting = (name: string, options: Record<string, number> = {}) =>
  admissionOf({ name, options: { ...GIVEN[name as AdmissionName], ...options } })()
const at = (nowS: number, load = 0, tier: Tier = 'standard', held = 0) => ({ nowS, load, tier, held })

describe.each(Object.keys(admissions) as AdmissionName[])('%s', name => {
  it('answers yes or no, the same to the same, never reading the output length', () => {
    const answers = () => {
      const cluster = fleet(2, 2)
      const admits = admitting(name)
      const view = new SealedRequest()
      return Array.from({ length: 200 }, (_, i) => {
        cluster.load(i % 4, i % 7, i % 17)
        view.tenant = i % 3
        view.inputTokens = 1 + ((i * 37) % 3000)
        return admits(view, cluster, at(i / 10, i % 20, TIERS[i % 5]))
      })
    }
    expect(answers().every(answer => typeof answer === 'boolean')).toBe(true)
    expect(answers()).toEqual(answers())
  })

  it('holds on to no memory over 100 000 requests', () => {
    const cluster = fleet(2, 2)
    const admits = admitting(name)
    const view = new SealedRequest()
    const run = (requests: number) => {
      for (let i = 0; i < requests; i++) {
        view.tenant = i % 10
        admits(view, cluster, at(i))
      }
    }
    expect(heapGrowthOver100k(run)).toBeLessThan(400_000)
  })

  it('says what it is in one line of help', () => {
    expect(admissionNamed(name).about).toMatch(/^[^\n]{5,100}$/)
  })
})

describe('token-bucket', () => {
  it('lets a burst in, and then as many as its rate', () => {
    const admits = admitting('token-bucket')
    const times = [0, 0, 0, 0, 0.5, 0.5, 1, 10, 10, 10, 10]
    expect(times.map(nowS => admits(request(), fleet(1), at(nowS)))).toEqual([
      ...[true, true, true, false],
      ...[true, false, true],
      ...[true, true, true, false],
    ])
  })
})

describe('tenant-budget', () => {
  it('counts the tokens of every tenant apart; one beyond any budget waits until it is full', () => {
    const admits = admitting('tenant-budget')
    const view = Object.assign(new SealedRequest(), { inputTokens: 2000, predictedTokens: 500 })
    const ask = (tenant: number, nowS: number) => {
      view.tenant = tenant
      return admits(view, fleet(1), at(nowS))
    }
    expect([ask(0, 0), ask(0, 0), ask(0, 0), ask(1, 0), ask(0, 2.5)]).toEqual([true, true, false, true, true])
    view.inputTokens = 20_000
    expect([ask(2, 0), ask(2, 1), ask(2, 20.5)]).toEqual([true, false, true])
  })
})

describe('saturation', () => {
  it('refuses the three lowest tiers while no replica is free', () => {
    const cluster = fleet(2)
    const admits = admitting('saturation')
    const admitted = () => TIERS.filter(tier => admits(request(), cluster, at(0, 0, tier)))
    expect(admitted()).toEqual(TIERS)
    cluster.load(0, 6, 10)
    expect(admitted()).toEqual(TIERS)
    cluster.load(1, 0, 10, 90_000)
    expect(admitted()).toEqual(['critical', 'standard'])
    cluster.load(1, 5, 10)
    expect(admitted()).toEqual(TIERS)
  })
})

describe('tier-shed', () => {
  it('refuses the lower tiers earlier, and the highest never', () => {
    const admits = admitting('tier-shed', { from_requests: 10, step_requests: 5 })
    const admitted = (load: number) =>
      TIERS.filter(tier => admits(request(), fleet(1), at(0, load, tier))).length
    expect([10, 10.1, 15.1, 20.1, 25.1, 1000].map(admitted)).toEqual([5, 4, 3, 2, 1, 1])
  })
})

describe('mistakes', () => {
  it.each([
    ['tokn-bucket', {}, "there is no admission 'tokn-bucket'; did you mean token-bucket?"],
    ['token-bucket', { rate_per_s: 1 }, "token-bucket: option 'burst' is missing; it must be given"],
    ['saturation', { kv_use: 2 }, "saturation: option 'kv_use' is 2; it must be a finite number >= 0 <= 1"],
    ['always', { rate: 1 }, "always has no option 'rate'; there are none"],
  ])('%s %j', (name, options, message) => {
    expect(() => admissionOf({ name, options })).toThrow(message)
  })
})
