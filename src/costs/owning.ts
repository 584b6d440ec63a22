import { gramsPerHour } from './embodied.ts'
import { HOURS_PER_MONTH, HOURS_PER_YEAR } from './hours.ts'
import type { Tariff } from './tariff.ts'

/** On which terms somebody owns nodes. */
export interface Ownership {
  /** Of a node's price that this buyer pays. */
  readonly priceShare: number
  /** Over which what was bought is written off. */
  readonly years: number
  /** Of what was paid, what it still fetches then. */
  readonly residualShare: number
  /** What the money costs a year, such as 0.1. */
  readonly costOfCapital: number
  /** Network, storage and management bought with the nodes, in units of what these cost. */
  readonly networkShare: number
  /** Of what was bought, what repairs, spares and hands cost a year. */
  readonly maintenanceShare: number
  /** $ a month for a kW of power and cooling set aside, energy apart: a landlord's rent, or one's own building. */
  readonly colocationUsdPerKwMonth: number
  /** Facility energy per unit of IT energy. */
  readonly pue: number
}

/** A node as whoever buys it sees it. */
export interface OwnedNode {
  /** What it costs to buy where one buys a few. */
  readonly capexUsd: number
  /** The most that it draws: what must be set aside for it. */
  readonly maxWatts: number
  /** NaN where unknown. */
  readonly embodiedKg: number
}

/** $ an hour of an owned node by what it goes to, energy apart. */
export interface OwnedParts {
  readonly depreciationUsd: number
  /** Interest and return on what is not yet written off. */
  readonly capitalUsd: number
  /** Depreciation and capital of the network bought with it. */
  readonly networkUsd: number
  readonly maintenanceUsd: number
  readonly colocationUsd: number
}

/**
 * $ an hour that a sum costs over some years: a level payment, made all the time, whose present value at the cost of
 * capital r is the sum less that of the residual. With the force of interest d = ln(1 + r) and v = e^(-d years),
 *
 *     a year: d (1 - residual share x v) / (1 - v)
 *
 * of the sum, which is (1 - residual share) / years where r is 0.
 */
export function annuityUsdPerHour(
  sumUsd: number,
  { years, residualShare, costOfCapital }: Pick<Ownership, 'years' | 'residualShare' | 'costOfCapital'>,
): number {
  const force = Math.log(1 + costOfCapital)
  const present = Math.exp(-force * years)
  const perYear =
    force === 0 ? (1 - residualShare) / years : (force * (1 - residualShare * present)) / (1 - present)
  return (sumUsd * perYear) / HOURS_PER_YEAR
}

/**
 * $ an hour of owning a node, by part, energy apart.
 *
 * Under the owners of the catalogue, with energy at a utilisation of 0.8 in us-virginia, against SemiAnalysis's survey of
 * August 2025 (hyperscalers; neoclouds): H100 +1 %, -2 %; H200 -3, -1; B200 +7, +12; MI300X -12, -11; MI325X -11, -10;
 * MI355X +3, +1; GB200 -24, -23, a miss, as its price in the catalogue is of the rack alone.
 */
export function ownedParts(node: OwnedNode, ownership: Ownership): OwnedParts {
  const paidUsd = node.capexUsd * ownership.priceShare
  const level = annuityUsdPerHour(paidUsd, ownership)
  const depreciationUsd = (paidUsd * (1 - ownership.residualShare)) / (ownership.years * HOURS_PER_YEAR)
  const boughtUsd = paidUsd * (1 + ownership.networkShare)
  return {
    depreciationUsd,
    capitalUsd: level - depreciationUsd,
    networkUsd: level * ownership.networkShare,
    maintenanceUsd: (boughtUsd * ownership.maintenanceShare) / HOURS_PER_YEAR,
    colocationUsd: ((node.maxWatts / 1000) * ownership.colocationUsdPerKwMonth) / HOURS_PER_MONTH,
  }
}

/** $ an hour of all parts. */
export function partsUsdPerHour(parts: OwnedParts): number {
  return (
    parts.depreciationUsd + parts.capitalUsd + parts.networkUsd + parts.maintenanceUsd + parts.colocationUsd
  )
}

/** @param usdPerKwh at the facility's meter */
export function ownedTariff(node: OwnedNode, ownership: Ownership, usdPerKwh: number): Tariff {
  return {
    usdPerHour: partsUsdPerHour(ownedParts(node, ownership)),
    usdPerKwh,
    embodiedGramsPerHour: gramsPerHour(node.embodiedKg, ownership.years),
  }
}
