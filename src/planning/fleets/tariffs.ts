import { UserError } from '../../core/errors.ts'
import { rentedTariff, type Tariff } from '../../costs/tariff.ts'
import { embodiedKgOf, tariffOf, termsOf } from '../../scenario/costs.ts'
import type { FactReader } from '../../scenario/evidence.ts'
import type { Plan } from './load.ts'
import type { Option } from './options.ts'
import { withoutPlace } from './scenario-of.ts'

/** Of the life of a rented node, where the plan does not say. */
const RENTED_YEARS = 5

/** What a node costs, or why that is not known. */
export interface Priced {
  readonly tariff: Tariff
  /** Absent where the price is known. */
  readonly why?: string
  /** Whether it is bought, and so takes capital. */
  readonly isOwned: boolean
}

/** On the plan's terms, or on the candidate's own. Throws a UserError where the terms themselves make no sense. */
export function pricedOf({ spec, source, catalogue }: Plan, option: Option, facts: FactReader): Priced {
  const { node, candidate } = option
  const { usd_per_hour, tariff: own } = spec.candidates[candidate]
  const basis = own?.basis ?? spec.tariff.basis
  const named = { ...spec.tariff, ...own, basis, region: spec.region }
  const years = named.years ?? (named.basis === 'owned' ? undefined : RENTED_YEARS)
  const where = source.place(own === undefined ? ['tariff'] : ['candidates', candidate, 'tariff'])
  if (usd_per_hour !== undefined) {
    const embodiedKg = embodiedKgOf(node, facts)
    return { tariff: rentedTariff(usd_per_hour, embodiedKg, years ?? RENTED_YEARS), isOwned: false }
  }
  const terms = termsOf({ ...named, years }, node, catalogue, `${where}: tariff`)
  const isOwned = terms.basis === 'owned'
  try {
    return { tariff: tariffOf(node, terms, facts, where), isOwned }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const unknown = rentedTariff(Number.NaN, embodiedKgOf(node, facts), years ?? RENTED_YEARS)
    return { tariff: unknown, why: withoutPlace(error.message), isOwned }
  }
}
