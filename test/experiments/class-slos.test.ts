import { beforeAll, describe, expect, it } from 'vitest'
import { atRate, atStance, type Prepared } from '../../src/experiments/prepare.ts'
import type { Slo } from '../../src/routing/contract.ts'
import { simulate } from '../../src/simulate.ts'
import { mixedScenario, preparedOf } from './scenarios.ts'

const NEVER: Slo = { ttftS: 1e-6, tpotS: 0.05 }

/** A class that nobody can serve in time, and one that nobody can fail. */
const SCENARIO = mixedScenario({ requests: 600, pace: 'load: 0.5' })
  .replace(
    '{ ttft_s: 1, tpot_s: 0.05 }',
    `
  ttft_s: 600
  tpot_s: 60
  classes: { never: { tier: sheddable, ttft_s: 0.000001, tpot_s: 0.05 } }`,
  )
  .replace(
    'arrivals: {',
    `classes: [ { class: always, share: 0.7 }, { class: never, share: 0.3 } ]
    tenants: { count: 3, zipf: 0 }
    arrivals: {`,
  )

describe('objectives of classes', () => {
  let prepared: Prepared
  beforeAll(async () => {
    prepared = await preparedOf(SCENARIO)
  })

  it('are the same at another rate and at both ends of the estimates', async () => {
    const { classSlos } = prepared.course
    expect(classSlos).toEqual([
      { tier: 'standard', slo: { ttftS: 600, tpotS: 60 } },
      { tier: 'sheddable', slo: NEVER },
    ])
    expect(atRate(prepared, 1).classSlos).toEqual(classSlos)
    expect((await atStance(prepared, 'pessimistic')).classSlos).toEqual(classSlos)
  })

  it('are what policies see and what requests are held to', async () => {
    const seen = new Map<string, Slo>()
    const entry = {
      about: 'looks',
      make: () => (request: { requestClass: string; slo: Slo }) => {
        seen.set(request.requestClass, request.slo)
        return 0
      },
    }
    const result = await simulate(prepared.course, { name: 'looks', entry })
    expect(Object.fromEntries(seen)).toEqual({ always: { ttftS: 600, tpotS: 60 }, never: NEVER })
    const classes = result.groups.filter(({ by }) => by === 'class')
    expect(classes.map(({ name, attained, arrived }) => [name, attained / arrived])).toEqual([
      ['always', 1],
      ['never', 0],
    ])
    expect(result.attained).toBe(classes[0].arrived)
  })

  it('leave tenants told by the names that the workload gives them', async () => {
    const { groups } = await simulate(prepared.course, { name: 'random' })
    const tenants = groups.filter(({ by }) => by === 'tenant')
    expect(tenants.map(({ name }) => name).sort()).toEqual(['tenant-1', 'tenant-2', 'tenant-3'])
    expect(tenants.reduce((sum, { arrived }) => sum + arrived, 0)).toBe(600)
  })
})
