import { describe, expect, it } from 'vitest'
import { gramsPerHour } from '../../src/costs/embodied.ts'
import {
  annuityUsdPerHour,
  type OwnedNode,
  type Ownership,
  ownedParts,
  ownedTariff,
  partsUsdPerHour,
} from '../../src/costs/owning.ts'
import { rentedTariff, usdPerHourAt } from '../../src/costs/tariff.ts'

const node: OwnedNode = { capexUsd: 290_000, maxWatts: 10_200, embodiedKg: 4250 }
const terms: Ownership = {
  ...{ priceShare: 0.9, years: 5, residualShare: 0.1, costOfCapital: 0.08, networkShare: 0.2 },
  ...{ maintenanceShare: 0.03, colocationUsdPerKwMonth: 150, pue: 1.12 },
}

/** What is still owed after so many years of paying level every hour, with interest on what is owed. */
function owedAfter(sumUsd: number, usdPerHour: number, years: number, costOfCapital: number): number {
  const hours = Math.round(years * 8760)
  const growth = (1 + costOfCapital) ** (1 / 8760)
  let owed = sumUsd
  for (let hour = 0; hour < hours; hour++) owed = owed * growth - usdPerHour * Math.sqrt(growth)
  return owed
}

describe('an annuity', () => {
  it.each([
    [5, 0.1, 0.08],
    [3, 0, 0.15],
    [5.5, 0.3, 0.05],
    [6, 0.2, 0.0001],
  ])(
    'over %f years leaves a residual share of %f owed at %f a year',
    (years, residualShare, costOfCapital) => {
      const usdPerHour = annuityUsdPerHour(1000, { years, residualShare, costOfCapital })
      expect(owedAfter(1000, usdPerHour, years, costOfCapital)).toBeCloseTo(1000 * residualShare, 5)
    },
  )

  it('is straight-line depreciation where money costs nothing, and near it where it costs next to nothing', () => {
    const free = { years: 4, residualShare: 0.2, costOfCapital: 0 }
    expect(annuityUsdPerHour(8760, free)).toBe(0.2)
    expect(annuityUsdPerHour(8760, { ...free, costOfCapital: 1e-6 })).toBeCloseTo(0.2, 5)
  })
})

describe('an owned node', () => {
  it('costs what all that is bought and kept for it costs in its life, by the hour', () => {
    const parts = ownedParts(node, terms)
    const hours = 5 * 8760
    const bought = 0.9 * 290_000
    expect(parts.depreciationUsd * hours).toBeCloseTo(bought * 0.9, 6)
    expect(parts.networkUsd).toBeCloseTo(0.2 * (parts.depreciationUsd + parts.capitalUsd), 12)
    expect(parts.maintenanceUsd * hours).toBeCloseTo(0.03 * 5 * 1.2 * bought, 6)
    expect(parts.colocationUsd * hours).toBeCloseTo(10.2 * 150 * 60, 6)
    const sum = Object.values(parts).reduce((total: number, usd: number) => total + usd, 0)
    expect(partsUsdPerHour(parts)).toBeCloseTo(sum, 12)
    const level = parts.depreciationUsd + parts.capitalUsd + parts.networkUsd
    expect(owedAfter(1.2 * bought, level, 5, 0.08)).toBeCloseTo(0.1 * 1.2 * bought, 3)
  })

  it('costs less the longer it lives, the more it fetches and the cheaper money is', () => {
    const usd = (change: Partial<Ownership>) => partsUsdPerHour(ownedParts(node, { ...terms, ...change }))
    const before = usd({})
    for (const change of [
      { years: 6 },
      { residualShare: 0.2 },
      { costOfCapital: 0.05 },
      { priceShare: 0.8 },
    ]) {
      expect(usd(change)).toBeLessThan(before)
    }
  })

  it('has the energy beside what it costs anyway, and the carbon of its making by the hour of its life', () => {
    const tariff = ownedTariff(node, terms, 0.085)
    expect(tariff.usdPerHour).toBe(partsUsdPerHour(ownedParts(node, terms)))
    expect(usdPerHourAt(tariff, 6000, 1.12) - tariff.usdPerHour).toBeCloseTo(6 * 1.12 * 0.085, 12)
    expect(tariff.embodiedGramsPerHour * 5 * 8760).toBeCloseTo(4_250_000, 6)
  })
})

describe('a rented node', () => {
  it('pays no energy', () => {
    const tariff = rentedTariff(55.04, 4250, 4)
    expect(usdPerHourAt(tariff, 9000, 1.5)).toBe(55.04)
    expect(tariff.embodiedGramsPerHour).toBe(gramsPerHour(4250, 4))
  })

  it('hands on that its carbon or its price is not known', () => {
    expect(rentedTariff(Number.NaN, Number.NaN, 5)).toEqual({
      ...{ usdPerHour: Number.NaN, usdPerKwh: 0, embodiedGramsPerHour: Number.NaN },
    })
  })
})
