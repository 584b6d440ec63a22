import { type Refusal, refusedOr } from '../../src/planning/fleets/appraisal.ts'
import type { Evidence } from '../../src/scenario/evidence.ts'
import { bandOf, caseVerdict } from './bands.ts'
import type { Case } from './cases.ts'
import type { ClaimFile } from './claim-file.ts'
import type { PricePath } from './claim-schema.ts'
import { drawnPrices, type Prices, replayedPrices } from './price-paths.ts'
import type { Way } from './replica-scenario.ts'
import type { Draw, Rated, ServingRates } from './serving-rates.ts'
import { sharePrice } from './share-price.ts'
import { type Trial, weakest } from './trial.ts'

/** The price of a device hour at which renting it costs as much for the same work as the other side. */
interface BreakEven {
  readonly usdPerDeviceHour: number
  readonly ways: readonly [rented: Way, against: Way]
  readonly evidence: readonly Evidence[]
}

/** A path as a case: the subject's value is the last price, the other's the price at which both cost the same. */
export function pathCase(
  { claim }: ClaimFile,
  { work, rented, against, terms, basis, market }: PricePath,
): Case {
  return {
    ...{ work, subject: rented, against, measure: 'price_margin', utilisation: 1, claimed: claim.claimed },
    terms: { subject: `${market}, ${basis}`, against: terms },
    modelError: claim.model_error.factor,
  }
}

/**
 * Whether the cheaper of two choices changes while the price of one moves. The ratio is how far the price goes beyond what
 * both cost the same at, on the side where it goes less far: 1 and more where the choice changes. At the given values
 * that is on the replayed history, in each draw on a path drawn from the last price on.
 */
export async function priceTrial(
  file: ClaimFile,
  rates: ServingRates,
  path: PricePath,
): Promise<Trial | Refusal> {
  const given = await refusedOr(() => breakEvenAt(file, rates, path, 'given'))
  if ('why' in given) return given
  const { claimed, modelError } = pathCase(file, path)
  const where = `${path.list} of ${path.market}`
  const history = replayedPrices(file, path, where)
  const ratios: number[] = []
  for (const [draw, prices] of drawnPrices(file, path, history.at(-1)!).entries()) {
    const drawn = await refusedOr(() => breakEvenAt(file, rates, path, draw))
    ratios.push('why' in drawn ? Number.NaN : marginOf(prices, drawn.usdPerDeviceHour))
  }
  const band = bandOf(ratios, claimed)
  const ratio = marginOf(history, given.usdPerDeviceHour)
  const [rented, against] = given.ways
  return {
    subject: { value: history.at(-1)!, way: rented, evidence: given.evidence },
    against: { value: given.usdPerDeviceHour, way: against, evidence: [] },
    ...{ ratio, band },
    verdict: caseVerdict(band, claimed, modelError),
    flips: ratio >= claimed.low ? band.trueShare < 1 : band.trueShare > 0,
    unknowns: unknownsOf(given.evidence),
    grade: weakest(given.evidence),
    remark: `${monthsText(history, given.usdPerDeviceHour)}; the cheaper one changes in ${Math.round(100 * band.trueShare)} % of the draws`,
  }
}

/** How far prices reach beyond a level on the side where they reach less far: above 1 where they cross it. */
export function marginOf(prices: Prices, levelUsd: number): number {
  return Math.min(Math.max(...prices) / levelUsd, levelUsd / Math.min(...prices))
}

function monthsText(history: Prices, levelUsd: number): string {
  const cheaper = history.filter(usd => usd < levelUsd).length
  return `renting is cheaper in ${cheaper} of ${history.length} months of history`
}

async function breakEvenAt(
  file: ClaimFile,
  rates: ServingRates,
  { work, rented, against, terms }: PricePath,
  draw: Draw,
): Promise<BreakEven | Refusal> {
  const one = await rates.of({ work, pool: rented }, draw)
  const other = await rates.of({ work, pool: against }, draw)
  if (!isRated(one)) return refusalOf(one)
  if (!isRated(other)) return refusalOf(other)
  const { unitsPerS } = await one.at(1)
  const otherWork = await other.at(1)
  const drawn = { devices: other.devices, watts: otherWork.watts }
  const price = sharePrice(file, against, terms, drawn, rates.placeOf(draw))
  return {
    usdPerDeviceHour: ((price.usdPerHour / otherWork.unitsPerS) * unitsPerS) / one.devices,
    ways: [one.way, other.way],
    evidence: [one.evidence, other.evidence, price.evidence],
  }
}

type Found = Awaited<ReturnType<ServingRates['of']>>

function isRated(found: Found): found is Rated {
  return 'at' in found
}

function refusalOf(found: Exclude<Found, Rated>): Refusal {
  return 'why' in found ? found : { why: found.missed }
}

function unknownsOf(evidence: readonly Evidence[]): number {
  return new Set(evidence.flatMap(({ estimates }) => estimates.map(({ name }) => name))).size
}
