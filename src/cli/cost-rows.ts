import { UserError } from '../core/errors.ts'
import { meteredPerHour, wattsAt } from '../costs/metered.ts'
import { type OwnedParts, ownedParts } from '../costs/owning.ts'
import { marketsOf } from '../costs/price-history.ts'
import { BASES, type Basis } from '../costs/tariff.ts'
import {
  drawOf,
  gramsPerKwhByHour,
  listOf,
  type NamedTerms,
  ownedNodeOf,
  ownershipOf,
  type RentedTerms,
  rentFactOf,
  type Terms,
  tariffOf,
  termsOf,
  usdPerKwhByHour,
} from '../scenario/costs.ts'
import { FactReader } from '../scenario/evidence.ts'
import type { Catalogue, Grade, NodeKind, Region, Stance } from '../scenario/facts.ts'

/** What all rows have in common. */
export interface CostQuestion {
  readonly region: Region
  /** Of a node's time, the share in which it is busy. */
  readonly utilisation: number
  /** Of a node's life; the owner's where absent. */
  readonly years?: number | undefined
  /** The owner's, or the usual one of rented nodes, where absent. */
  readonly pue?: number | undefined
  readonly stance: Stance
  readonly basis?: Basis | undefined
  readonly owner?: string | undefined
  readonly date?: string | undefined
  readonly market?: string | undefined
}

/** What a node costs on some terms; NaN where unknown. */
export interface CostRow {
  readonly node: NodeKind
  /** Such as `owned, neocloud`. */
  readonly terms: string
  readonly isPriced: boolean
  /** Energy included. */
  readonly usdPerHour: number
  /** Of an owned node. */
  readonly parts?: OwnedParts
  /** 0 where the rent includes power. */
  readonly energyUsdPerHour: number
  /** At the facility's meter, an hour. */
  readonly kwhPerHour: number
  readonly embodiedGramsPerHour: number
  readonly operationalGramsPerHour: number
  /** Of the price, or the weakest of what owning rests on; absent where there is no price. */
  readonly grade?: Grade
  /** Where a price comes from; why there is none. */
  readonly note: string
}

/** Years of life over which a rented node's embodied carbon is spread, unless told otherwise. */
export const RENTED_YEARS = 5

/** PUE of rented nodes unless told otherwise: that of scenarios. */
export const RENTED_PUE = 1.12

/**
 * The terms on which a node may be had, each a row; unknown prices are NaN with the reason beside. Throws a UserError
 * instead where the question is about one basis.
 */
export function costRows(node: NodeKind, question: CostQuestion, catalogue: Catalogue): CostRow[] {
  const rows = namedTerms(node, question, catalogue).map(named => rowOf(node, named, question, catalogue))
  if (question.basis !== undefined && rows.every(({ isPriced }) => !isPriced)) {
    throw new UserError([...new Set(rows.map(({ note }) => note))].join('\n'))
  }
  return rows
}

function namedTerms(node: NodeKind, question: CostQuestion, catalogue: Catalogue): NamedTerms[] {
  const { basis, owner, region, years, date, market } = question
  return BASES.toReversed()
    .filter(each => basis === undefined || basis === each)
    .flatMap((basis): NamedTerms[] => {
      if (basis === 'owned') {
        const owners = owner === undefined ? [...catalogue.owners.keys()] : [owner]
        return owners.map(owner => ({ basis, owner, region: region.id, years }))
      }
      const rented = { basis, years: years ?? RENTED_YEARS, date }
      const markets = market === undefined ? marketsFor(node, question, basis, catalogue) : [market]
      return markets.map(market => ({ ...rented, market }))
    })
}

/** The node's own market, or else all in which its device has prices; one unnamed where there are none or no date. */
function marketsFor(
  node: NodeKind,
  { date }: CostQuestion,
  basis: Basis,
  catalogue: Catalogue,
): (string | undefined)[] {
  const points = (listOf(node, catalogue)?.points ?? []).filter(point => point.basis === basis)
  const markets = marketsOf(points)
  if (date === undefined || markets.length === 0) return [undefined]
  return node.market !== undefined && markets.includes(node.market) ? [node.market] : markets
}

function rowOf(node: NodeKind, named: NamedTerms, question: CostQuestion, catalogue: Catalogue): CostRow {
  const { stance, region, utilisation } = question
  const facts = new FactReader(stance)
  const where = 'cost'
  const terms = termsOf(named, node, catalogue, where)
  const pue = question.pue ?? (terms.basis === 'owned' ? ownershipOf(terms, facts).pue : RENTED_PUE)
  const draw = drawOf(node, catalogue.devices.get(node.device)!, facts)
  const watts = wattsAt(draw, utilisation)
  return {
    node,
    terms: [named.basis, named.owner ?? named.market].filter(part => part !== undefined).join(', '),
    ...pricedOr(() => moneyOf(node, terms, { facts, where, watts, pue })),
    kwhPerHour: meteredPerHour([watts], pue, [1]),
    operationalGramsPerHour: meteredPerHour([watts], pue, gramsPerKwhByHour(region, facts)),
  }
}

type Money = Pick<
  CostRow,
  'isPriced' | 'usdPerHour' | 'parts' | 'energyUsdPerHour' | 'embodiedGramsPerHour' | 'grade' | 'note'
>

interface Basics {
  readonly facts: FactReader
  readonly where: string
  readonly watts: number
  readonly pue: number
}

function moneyOf(node: NodeKind, terms: Terms, { facts, where, watts, pue }: Basics): Money {
  const { usdPerHour, embodiedGramsPerHour } = tariffOf(node, terms, facts, where)
  const priced = { isPriced: true, embodiedGramsPerHour }
  if (terms.basis !== 'owned') {
    return { ...priced, usdPerHour, energyUsdPerHour: 0, ...rentNote(node, terms, where) }
  }
  const parts = ownedParts(ownedNodeOf(node, facts, where), ownershipOf(terms, facts))
  const energyUsdPerHour = meteredPerHour([watts], pue, usdPerKwhByHour(terms.region, facts, where))
  const usd = { usdPerHour: usdPerHour + energyUsdPerHour, parts, energyUsdPerHour }
  return { ...priced, ...usd, grade: facts.evidence().grade, note: '' }
}

function rentNote(node: NodeKind, terms: RentedTerms, where: string): Pick<Money, 'grade' | 'note'> {
  const { fact, sources, ageDays } = rentFactOf(node, terms, where)
  const age = ageDays === undefined ? '' : `, ${ageDays} days old`
  return { grade: fact.grade, note: `${fact.grade}${age}: ${sources[fact.source]}` }
}

function pricedOr(priced: () => Money): Money {
  try {
    return priced()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const unknown = Number.NaN
    return {
      isPriced: false,
      usdPerHour: unknown,
      energyUsdPerHour: unknown,
      embodiedGramsPerHour: unknown,
      note: error.message,
    }
  }
}
