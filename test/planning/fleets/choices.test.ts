import { describe, expect, it } from 'vitest'
import { capacityOf, choiceOf, fullCost, limitsOf } from '../../../src/planning/fleets/choices.ts'
import type { Choice } from '../../../src/planning/fleets/programme.ts'
import { FactReader } from '../../../src/scenario/evidence.ts'
import { SLOW, type Toy, toyPlan } from './toys.ts'

const CHOICE: Choice = {
  ...{ name: 'a', isGpu: true, node: 'a' },
  ...{ usdPerHour: 10, usdPerKwh: 0.1, idleWatts: 1000, maxWatts: 5000 },
  ...{ embodiedGramsPerHour: 7, gramsPerKwh: 100, capexUsd: 1000 },
  ratings: [{ ratePerS: 10, busyWatts: 3000 }, undefined, { ratePerS: 40, busyWatts: 2000 }],
}

describe('what a node is worth', () => {
  it('is the rate at which it serves the mix of its classes, each in its part of the time', () => {
    // Of 30 requests, 20 take a tenth of a second each and 10 a fortieth: 2.25 s.
    expect(capacityOf(CHOICE, [20, 99, 10])).toBeCloseTo(30 / 2.25, 12)
  })

  it('costs what it takes when busy', () => {
    expect(fullCost(CHOICE, 'usd')).toBeCloseTo(10 + 2.5 * 0.1, 12)
    expect(fullCost(CHOICE, 'joules')).toBeCloseTo(2500 * 3600, 6)
    expect(fullCost(CHOICE, 'grams')).toBeCloseTo(7 + 2.5 * 100, 12)
    expect(fullCost(CHOICE, 'watts')).toBe(5000)
  })
})

function choice(candidate: string, changes: Partial<Toy> = {}) {
  const plan = toyPlan({ candidates: [candidate], ...changes })
  const refused = { option: plan.options[0], appraisals: [{ why: 'not asked here' }] }
  return choiceOf(plan, refused, new FactReader('given'))
}

const UNPRICED = SLOW.replace(/ {4}usd_per_hour: 10\n/, '')
const tariff = (terms: string) => ({ more: `tariff: ${terms}\n` })

describe('what a node costs', () => {
  it('is what the candidate says, power included', () => {
    expect(choice(SLOW).choice).toMatchObject({ usdPerHour: 10, usdPerKwh: 0, capexUsd: 0 })
  })

  it('is otherwise what the catalogue says on the plan’s terms, or on its own', () => {
    const { usdPerHour } = toyPlan({ candidates: [SLOW] }).options[0].node
    expect(choice(UNPRICED).choice.usdPerHour).toBe(usdPerHour?.value)
    const { reservedUsdPerHour } = toyPlan({ candidates: [SLOW] }).options[0].node
    const own = `${UNPRICED}    tariff: { basis: reserved }\n`
    expect(choice(own, tariff('{ basis: on-demand }')).choice.usdPerHour).toBe(reservedUsdPerHour?.value)
  })

  it('takes capital and electricity beside it where it is owned', () => {
    const { choice: owned } = choice(UNPRICED, tariff('{ basis: owned, owner: hyperscaler }'))
    expect(owned.usdPerKwh).toBeGreaterThan(0)
    expect(owned.capexUsd).toBe(toyPlan({ candidates: [SLOW] }).options[0].node.capexUsd?.value)
  })

  it('is not made up where nobody knows it', () => {
    const unknown = choice(UNPRICED, tariff('{ basis: on-demand, date: 2001-01 }'))
    expect(unknown.choice.usdPerHour).toBeNaN()
    expect(unknown.why).toMatch(/aws-p5\.48xlarge/)
    expect(unknown.why).not.toMatch(/plan\.yaml/)
  })

  it('needs an owner to be owned', () => {
    expect(() => choice(UNPRICED, tariff('{ basis: owned }'))).toThrow(/plan\.yaml:\d+:\d+: tariff.*owner/)
  })
})

it('limits are those of the file, and no others', () => {
  expect(limitsOf(toyPlan({ candidates: [SLOW] }).spec)).toEqual({})
  const more =
    'limits: { usd_per_hour: 1, capex_usd: 2, rack_kw: 3, rack_units: 4, nodes: 5, gpu_share: 0.5 }\n'
  expect(limitsOf(toyPlan({ candidates: [SLOW], more }).spec)).toEqual({
    ...{ usdPerHour: 1, capexUsd: 2, rackKw: 3 },
    ...{ rackUnits: 4, nodes: 5, gpuShare: 0.5 },
  })
})
