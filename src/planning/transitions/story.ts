import type { Random } from '../../core/random.ts'
import { gramsPerHour } from '../../costs/embodied.ts'
import { type PricePoint, pathOf } from '../../costs/price-history.ts'
import { replayed } from '../../costs/replayed.ts'
import type { Tariff } from '../../costs/tariff.ts'
import { embodiedKgOf, listOf, tariffOf, termsOf } from '../../scenario/costs.ts'
import { entryOf } from '../../scenario/entries.ts'
import { FactReader, type PlaceInRange } from '../../scenario/evidence.ts'
import type { Catalogue, DatedPrice, NodeKind } from '../../scenario/facts.ts'
import { mean } from '../../statistics/moments.ts'
import { EstimateReader, type TakenEstimate } from './estimated.ts'
import { grown } from './growth.ts'
import type { Kind, Transition } from './load-transition.ts'
import { priceFactors } from './price-path.ts'
import { monthOf, type Quarter, quartersIn, yearsBetween } from './quarters.ts'
import { type Software, speedAt } from './software.ts'
import type { TransitionSpec } from './transition-schema.ts'

/** How software goes on. */
export interface Progress {
  readonly software: Software
  readonly asicLagYears: number
}

/** What one draw takes all that is not known for, but how fast the hardware is. */
export interface Story extends Progress {
  /** Times as many requests a year later, by service. */
  readonly growths: readonly number[]
  /** By kind of node. */
  readonly costs: readonly KindCosts[]
  /** By quarter, from the first. */
  readonly gramsPerKwh: readonly number[]
  readonly taken: readonly TakenEstimate[]
}

/** What a kind of node costs, and for how long it stays. */
export interface KindCosts {
  /** At the prices of `prices.at`. */
  readonly tariff: Tariff
  /** Times that, by quarter: in full of rent, and of all that owning costs by the hour. */
  readonly factors: readonly number[]
  readonly termQuarters: number
}

/** Whatever is no GPU goes by the prices and the software of ASICs. */
export type Hardware = 'gpu' | 'asic'

/** Chance of the prices of hardware; absent where they keep to their path. */
export type PriceChance = (hardware: Hardware) => Random

/** Throws a UserError where a price is not known. */
export function storyOf(transition: Transition, placeOf: PlaceInRange, chance?: PriceChance): Story {
  const { spec, services, kinds } = transition
  const reader = new EstimateReader(placeOf)
  const facts = new FactReader('given', placeOf)
  const pathOf = (hardware: Hardware) => pricesOf(transition, hardware, reader, chance)
  const paths = { gpu: pathOf('gpu'), asic: pathOf('asic') }
  const costs = kinds.map(kind => costsOf(transition, kind, paths[hardwareOf(kind)].factors, reader, facts))
  return {
    growths: services.map(({ spec }) => reader.take(`growth of ${spec.name}`, spec.growth_a_year)),
    ...progressOf(spec, reader),
    costs,
    gramsPerKwh: gramsOf(transition, reader, facts),
    taken: [...reader.taken, ...takenFacts(facts, placeOf), ...paths.gpu.noise, ...paths.asic.noise],
  }
}

export function progressOf({ software }: TransitionSpec, reader: EstimateReader): Progress {
  return {
    software: {
      firstYear: reader.take('software.first_year', software.first_year),
      settlingYears: reader.take('software.settling_years', software.settling_years),
      perYear: reader.take('software.per_year', software.per_year),
      supportYears: reader.take('software.support_years', software.support_years),
    },
    asicLagYears: reader.take('software.asic_lag_years', software.asic_lag_years),
  }
}

/** Times as fast as the catalogue has it, up to the most that its hardware can come to. */
export function speedOf({ spec }: Transition, story: Progress, kind: Kind, quarter: Quarter): number {
  const part = {
    released: kind.available,
    measured: kind.spec.measured ?? spec.software.measured,
    lagYears: hardwareOf(kind) === 'asic' ? story.asicLagYears : 0,
  }
  return Math.min(kind.mostSpeed, speedAt(quarter, part, story.software))
}

export function hardwareOf({ device }: Kind): Hardware {
  return device.kind === 'gpu' ? 'gpu' : 'asic'
}

interface Prices {
  /** By quarter. */
  readonly factors: readonly number[]
  /** As something that was drawn: how far prices are from their path on average; nothing where they keep to it. */
  readonly noise: readonly TakenEstimate[]
}

function pricesOf(
  { spec: { prices }, quarters }: Transition,
  hardware: Hardware,
  reader: EstimateReader,
  chance: PriceChance | undefined,
): Prices {
  const { per_year, log_sd: logSd, half_life_years: halfLifeYears } = prices[hardware]
  const perYear = reader.take(`prices.${hardware}.per_year`, per_year)
  const path = { at: prices.at, perYear, logSd, halfLifeYears }
  if (chance === undefined || logSd === 0) return { factors: priceFactors(path, quarters), noise: [] }
  const factors = priceFactors(path, quarters, chance(hardware))
  const calm = priceFactors(path, quarters)
  const place = mean(factors.map((factor, i) => factor / calm[i]))
  return { factors, noise: [{ name: `prices.${hardware} noise`, place }] }
}

function costsOf(
  transition: Transition,
  kind: Kind,
  factors: readonly number[],
  reader: EstimateReader,
  facts: FactReader,
): KindCosts {
  const { spec, source, catalogue } = transition
  const { node, spec: own } = kind
  const { basis, owner, life_years, contract_years } = { ...spec.tariff, ...own.tariff }
  const where = `${source.place(['nodes', node.id])}: nodes.${node.id}`
  const years = reader.take(
    own.tariff?.life_years === undefined ? 'tariff.life_years' : `${node.id} life_years`,
    life_years,
  )
  const isBought = basis === 'owned' && own.usd_per_hour === undefined
  const named = { basis, owner, region: spec.region, years }
  const tariff =
    own.usd_per_hour === undefined
      ? tariffOf(node, termsOf(named, node, catalogue, where), facts, where)
      : {
          usdPerHour: reader.take(`${node.id} usd_per_hour`, own.usd_per_hour),
          usdPerKwh: 0,
          embodiedGramsPerHour: gramsPerHour(embodiedKgOf(node, facts), years),
        }
  return {
    tariff,
    factors: withHistory(transition, kind, factors, where),
    termQuarters: quartersIn(isBought ? years : contract_years),
  }
}

/** Several markets as one. */
const ALL = 'of its history'

/** The dated prices of a market and basis; a UserError where there are none. */
function pointsOf(
  node: NodeKind,
  { market, basis }: NonNullable<Kind['spec']['history']>[number],
  catalogue: Catalogue,
  where: string,
): PricePoint[] {
  const points = (listOf(node, catalogue)?.points ?? []).filter(point => point.basis === basis)
  return pathOf(points.map(plainPrice), market, `${where}: ${basis} of ${node.id}`).map(point => ({
    ...point,
    market: ALL,
  }))
}

function plainPrice({ date, market, usdPerDeviceHour }: DatedPrice): PricePoint {
  return { date, market, usdPerDeviceHour: usdPerDeviceHour.value }
}

/** Up to `prices.at` as the device's prices were, where the file asks for that. */
function withHistory(
  { spec, quarters, catalogue }: Transition,
  { node, spec: { history } }: Kind,
  factors: readonly number[],
  where: string,
): readonly number[] {
  if (history === undefined) return factors
  const points = history.flatMap((part, i) => pointsOf(node, part, catalogue, `${where}.history[${i}]`))
  const past = quarters.filter(quarter => quarter < spec.prices.at)
  const dates = [...past, spec.prices.at].map(monthOf)
  const usd = replayed(points, ALL, dates, `${where}.history`)
  return factors.map((factor, i) => (i < past.length ? usd[i] / usd[past.length] : factor))
}

function gramsOf(
  { spec, catalogue, quarters }: Transition,
  reader: EstimateReader,
  facts: FactReader,
): number[] {
  const region = entryOf(catalogue, 'regions', spec.region, 'region')
  const mean = facts.take(`${region.id} gramsPerKwh`, region.gramsPerKwh, 'low')
  const perYear = reader.take('grid_per_year', spec.grid_per_year)
  return quarters.map(quarter => mean * grown(perYear, yearsBetween(spec.prices.at, quarter)))
}

/** Those that have a range. */
function takenFacts(facts: FactReader, placeOf: PlaceInRange): TakenEstimate[] {
  return facts
    .evidence()
    .estimates.filter(({ fact: { value, low = value, high = value } }) => low < high)
    .map(({ name }) => ({ name, place: placeOf(name) }))
}
