import { UserError } from '../core/errors.ts'
import type { Reversion } from '../costs/mean-reverting.ts'
import type { Draw } from '../costs/metered.ts'
import { type OwnedNode, type Ownership, ownedTariff } from '../costs/owning.ts'
import { marketsOf, priceAt } from '../costs/price-history.ts'
import { type Basis, rentedTariff, type Tariff } from '../costs/tariff.ts'
import { entryOf } from './entries.ts'
import type { FactReader } from './evidence.ts'
import type { Catalogue, DatedPrice, Device, Fact, NodeKind, Owner, PriceList, Region } from './facts.ts'

/** To own a node. */
export interface OwnedTerms {
  readonly basis: 'owned'
  readonly owner: Owner
  readonly region: Region
  /** Of its life, in place of the owner's. */
  readonly years?: number | undefined
}

/** To rent it. */
export interface RentedTerms {
  readonly basis: Exclude<Basis, 'owned'>
  /** Of its life, over which its embodied carbon is spread. */
  readonly years: number
  /** The dated prices of its device; none where nobody kept them. */
  readonly list?: PriceList | undefined
  /** By which the price is known, as lists have it. Without one it is the undated price of the node's entry. */
  readonly date?: string | undefined
  /** In place of the node's own; needed where neither it nor the list leaves one alone. */
  readonly market?: string | undefined
}

export type Terms = OwnedTerms | RentedTerms

/** Terms by the names that a catalogue gives them. */
export interface NamedTerms {
  readonly basis: Basis
  readonly owner?: string | undefined
  readonly region?: string | undefined
  readonly years?: number | undefined
  readonly date?: string | undefined
  readonly market?: string | undefined
}

/**
 * The terms that names stand for. Throws a UserError where a name is unknown, or one that the basis needs is not given.
 *
 * @param where what messages begin with
 */
export function termsOf(named: NamedTerms, node: NodeKind, catalogue: Catalogue, where: string): Terms {
  const { basis, owner, region, years, date, market } = named
  if (basis === 'owned') {
    return {
      basis,
      owner: entryOf(catalogue, 'owners', given(owner, 'owner', where), `${where}: owner`),
      region: entryOf(catalogue, 'regions', given(region, 'region', where), `${where}: region`),
      years,
    }
  }
  return { basis, years: given(years, 'years', where), list: listOf(node, catalogue), date, market }
}

/** The dated prices of a node's device; undefined where nobody kept them. */
export function listOf(node: NodeKind, catalogue: Catalogue): PriceList | undefined {
  return [...catalogue.prices.values()].find(({ device }) => device === node.device)
}

function given<T>(value: T | undefined, name: string, where: string): T {
  if (value === undefined) throw new UserError(`${where}: needs ${name}`)
  return value
}

/**
 * What a node costs on some terms. Throws a UserError that names node, basis, date and what is known, where something
 * is not.
 *
 * @param where what messages begin with
 */
export function tariffOf(node: NodeKind, terms: Terms, facts: FactReader, where: string): Tariff {
  if (terms.basis === 'owned') {
    const ownership = ownershipOf(terms, facts)
    return ownedTariff(ownedNodeOf(node, facts, where), ownership, usdPerKwhOf(terms.region, facts, where))
  }
  const { name, fact, times } = rentFactOf(node, terms, where)
  return rentedTariff(times * facts.take(name, fact, 'low'), embodiedKgOf(node, facts), terms.years)
}

/** The owner's terms as plain numbers. */
export function ownershipOf({ owner, years }: OwnedTerms, facts: FactReader): Ownership {
  const take = (key: Exclude<keyof Owner, 'id' | 'sources'>, better: 'high' | 'low') =>
    facts.take(`${owner.id} ${key}`, owner[key], better)
  return {
    priceShare: take('priceShare', 'low'),
    years: years ?? take('depreciationYears', 'high'),
    residualShare: take('residualShare', 'high'),
    costOfCapital: take('costOfCapital', 'low'),
    networkShare: take('networkShare', 'low'),
    maintenanceShare: take('maintenanceShare', 'low'),
    colocationUsdPerKwMonth: take('colocationUsdPerKwMonth', 'low'),
    pue: take('pue', 'low'),
  }
}

/** Throws a UserError where it is not known what the node costs to buy, or how much power it may draw. */
export function ownedNodeOf(node: NodeKind, facts: FactReader, where: string): OwnedNode {
  const take = (key: 'capexUsd' | 'maxW') => {
    const fact = node[key]
    if (fact !== undefined) return facts.take(`${node.id} ${key}`, fact, 'low')
    throw new UserError(`${where}: ${node.id} cannot be owned, its ${key} is not known; ${knownOf(node)}`)
  }
  return { capexUsd: take('capexUsd'), maxWatts: take('maxW'), embodiedKg: embodiedKgOf(node, facts) }
}

/** Kilograms of CO2e; NaN where unknown. */
export function embodiedKgOf(node: NodeKind, facts: FactReader): number {
  return node.embodiedKg === undefined
    ? Number.NaN
    : facts.take(`${node.id} embodiedKg`, node.embodiedKg, 'low')
}

/** $ a kWh, the mean over the day. Throws a UserError where it is not known. */
export function usdPerKwhOf(region: Region, facts: FactReader, where: string): number {
  if (region.usdPerKwh === undefined) {
    throw new UserError(`${where}: the usdPerKwh of ${region.id} is not known, so nothing can be owned there`)
  }
  return facts.take(`${region.id} usdPerKwh`, region.usdPerKwh, 'low')
}

/** The price that a rent rests on. */
export interface RentFact {
  /** As evidence names it. */
  readonly name: string
  readonly fact: Fact
  /** Which the fact's source is a key into. */
  readonly sources: Readonly<Record<string, string>>
  /** What the price is of: 1 of the node, or its devices. */
  readonly times: number
  /** Of a dated price. */
  readonly ageDays?: number
}

/** Throws as `tariffOf` does where there is no such price. */
export function rentFactOf(node: NodeKind, terms: RentedTerms, where: string): RentFact {
  if (terms.date !== undefined) {
    const { point, ageDays } = datedPriceOf(node, terms, where)
    const { id, sources } = terms.list!
    const name = `${id} ${point.market} ${point.basis} ${point.date}`
    return { name, fact: point.usdPerDeviceHour, sources, times: node.devices, ageDays }
  }
  const key = terms.basis === 'on-demand' ? 'usdPerHour' : 'reservedUsdPerHour'
  const fact = terms.basis === 'spot' ? undefined : node[key]
  if (fact !== undefined) return { name: `${node.id} ${key}`, fact, sources: node.sources, times: 1 }
  const what = `no ${terms.basis} price of ${node.id} is known without a date`
  throw new UserError(`${where}: ${what}; ${knownOf(node, terms.list)}`)
}

/**
 * The dated price of a node's device that holds on the terms' date, and its age. Throws a UserError where there is none,
 * or there are several markets and none of them is the node's.
 */
export function datedPriceOf(
  node: NodeKind,
  { basis, date = '', list, market }: RentedTerms,
  where: string,
): { readonly point: DatedPrice; readonly ageDays: number } {
  const points = pricesOn(list, basis)
  const here = `${where}: ${node.id}, ${basis}`
  const markets = marketsOf(points)
  if (markets.length === 0) throw new UserError(`${here}: no dated price is known; ${knownOf(node, list)}`)
  const asked = market ?? (markets.includes(node.market ?? '') ? node.market : undefined)
  if (asked === undefined && (markets.length > 1 || node.market !== undefined)) {
    throw new UserError(`${here}: needs a market; known: ${datesOf(points)}`)
  }
  const { point, ageDays } = priceAt(points, asked ?? markets[0], date, here)
  return { point: point.price, ageDays }
}

/** Points of a basis, with their prices as plain numbers. */
function pricesOn(list: PriceList | undefined, basis: Basis) {
  return (list?.points ?? [])
    .filter(point => point.basis === basis)
    .map(price => ({ ...price, usdPerDeviceHour: price.usdPerDeviceHour.value, price }))
}

/** What is known of a node's price, for the end of a message. */
function knownOf(node: NodeKind, list?: PriceList): string {
  const undated = [
    ...(node.usdPerHour === undefined ? [] : ['on-demand']),
    ...(node.reservedUsdPerHour === undefined ? [] : ['reserved']),
    ...(node.capexUsd === undefined || node.maxW === undefined ? [] : ['owned']),
  ]
  const bases = [...new Set((list?.points ?? []).map(({ basis }) => basis))]
  const dated = bases.map(basis => `${basis} by date: ${datesOf(pricesOn(list, basis))}`)
  return `known: ${[undated.join(', '), ...dated].filter(text => text !== '').join('; ') || 'nothing'}`
}

/** `aws (2023-07, 2025-06), lambda (2026)` */
function datesOf(points: readonly { readonly market: string; readonly date: string }[]): string {
  const dates = (market: string) =>
    points
      .filter(point => point.market === market)
      .map(({ date }) => date)
      .join(', ')
  return marketsOf(points)
    .map(market => `${market} (${dates(market)})`)
    .join(', ')
}

/** What a node draws at its wall: its devices and host where idle; serving a language model; NaN where unknown. */
export function drawOf(node: NodeKind, device: Device, facts: FactReader): Draw {
  const deviceIdleWatts = facts.take(`${device.id} idleW`, device.idleW, 'low')
  const hostIdleWatts = facts.take(`${node.id} hostIdleW`, node.hostIdleW, 'low')
  return {
    idleWatts: node.devices * deviceIdleWatts + hostIdleWatts,
    busyWatts:
      node.typicalW === undefined ? Number.NaN : facts.take(`${node.id} typicalW`, node.typicalW, 'low'),
  }
}

/** $ a kWh at the facility's meter by local hour; one entry where it is the same at all. Throws as `usdPerKwhOf` does. */
export function usdPerKwhByHour(region: Region, facts: FactReader, where: string): readonly number[] {
  const mean = usdPerKwhOf(region, facts, where)
  return (region.usdHourlyShape ?? [1]).map(factor => mean * factor)
}

/** Grams of CO2e a kWh of the grid by local hour; one entry where it is the same at all. */
export function gramsPerKwhByHour(region: Region, facts: FactReader): readonly number[] {
  const mean = facts.take(`${region.id} gramsPerKwh`, region.gramsPerKwh, 'low')
  return (region.hourlyShape ?? [1]).map(factor => mean * factor)
}

/** How the price of a device moves; undefined where its list does not say. @param longRunUsd what it is drawn back to */
export function reversionOf(list: PriceList, longRunUsd: number, facts: FactReader): Reversion | undefined {
  const { annualLogSd, halfLifeYears } = list
  if (annualLogSd === undefined || halfLifeYears === undefined) return undefined
  return {
    longRunUsd,
    annualLogSd: facts.take(`${list.id} annualLogSd`, annualLogSd, 'low'),
    halfLifeYears: facts.take(`${list.id} halfLifeYears`, halfLifeYears, 'low'),
  }
}
