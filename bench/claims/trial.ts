import { UserError } from '../../src/core/errors.ts'
import { type Refusal, refusedOr } from '../../src/planning/fleets/appraisal.ts'
import type { Evidence } from '../../src/scenario/evidence.ts'
import { GRADES, type Grade } from '../../src/scenario/facts.ts'
import type { Influence } from '../../src/statistics/influences.ts'
import { type Band, bandOf, type CaseVerdict, caseVerdict } from './bands.ts'
import type { MeasuredCase as Case } from './cases.ts'
import type { ClaimFile } from './claim-file.ts'
import { strongestOf } from './influence.ts'
import { advantage, MEASURES } from './measures.ts'
import { ownEstimates, type Way } from './replica-scenario.ts'
import type { Draw, ServingRates } from './serving-rates.ts'
import { sharePrice } from './share-price.ts'

/** A side of a case: what is measured of it, how its replica lies, and what that rests on. */
export interface Side {
  /** NaN where it holds the SLO at no rate. */
  readonly value: number
  readonly way: Way
  readonly evidence: readonly Evidence[]
  /** Why it does not. */
  readonly missed?: string
}

/** What a case comes to. */
export interface Trial {
  readonly subject: Side
  readonly against: Side
  /** How many times better the subject is, at the given values. */
  readonly ratio: number
  readonly band: Band
  readonly verdict: CaseVerdict
  /** Whether a draw makes of a true claim a false one, or the other way round. */
  readonly flips: boolean
  /** Estimates with a range that either side rests on. */
  readonly unknowns: number
  /** Of the weakest fact. */
  readonly grade: Grade
  readonly strongest?: Influence
  /** What else is to be said of it. */
  readonly remark?: string
}

/**
 * Tries a case at the given values and at every draw; a refusal where a side cannot be run at the given values, or
 * neither holds its SLO.
 */
export async function trialOf(file: ClaimFile, rates: ServingRates, given: Case): Promise<Trial | Refusal> {
  const sideAt = (which: SideName, draw: Draw) => refusedOr(() => sideOf(file, rates, given, which, draw))
  const subject = await sideAt('subject', 'given')
  if ('why' in subject) return subject
  const against = await sideAt('against', 'given')
  if ('why' in against) return against
  if (subject.missed !== undefined && against.missed !== undefined) {
    return { why: `neither holds the SLO; the subject ${subject.missed}` }
  }
  const ratios: number[] = []
  for (let draw = 0; draw < file.claim.draws; draw++) {
    ratios.push(ratioOf(given, await sideAt('subject', draw), await sideAt('against', draw)))
  }
  return { subject, against, ...judged(file, rates, given, [subject, against], ratios) }
}

function judged(
  file: ClaimFile,
  rates: ServingRates,
  given: Case,
  sides: readonly [Side, Side],
  ratios: readonly number[],
): Omit<Trial, 'subject' | 'against'> {
  const { claimed, modelError } = given
  const unknowns = unknownsOf(file, given, sides)
  const strongest = strongestOf(unknowns, (name, draw) => rates.placeOf(draw)(name), ratios)
  const ratio = ratioOf(given, ...sides)
  const band = bandOf(ratios, claimed)
  return {
    ...{ ratio, band },
    verdict: caseVerdict(band, claimed, modelError),
    flips: ratio >= claimed.low ? band.trueShare < 1 : band.trueShare > 0,
    unknowns: unknowns.length,
    grade: weakest(sides.flatMap(({ evidence }) => evidence)),
    ...(strongest !== undefined && { strongest }),
  }
}

type SideName = 'subject' | 'against'

async function sideOf(
  file: ClaimFile,
  rates: ServingRates,
  { work, utilisation, measure, terms, ...pools }: Case,
  which: SideName,
  draw: Draw,
): Promise<Side | Refusal> {
  const pool = pools[which]
  const found = await rates.of({ work, pool }, draw)
  if ('why' in found) return found
  const { way, devices, evidence } = found
  if ('missed' in found) return { value: Number.NaN, way, evidence: [evidence], missed: found.missed }
  const { unitsPerS, watts } = await found.at(utilisation)
  const price = terms && sharePrice(file, pool, terms[which], { devices, watts }, rates.placeOf(draw))
  const usdPerHour = price?.usdPerHour ?? Number.NaN
  const value = MEASURES[measure].of({ unitsPerS, watts, devices, usdPerHour })
  if (Number.isNaN(value)) throw new UserError(`${measure} of ${pool} is not known`)
  return { value, way, evidence: [evidence, ...(price === undefined ? [] : [price.evidence])] }
}

/** 0 where the subject alone fails its SLO, infinite where the other alone does, NaN where both do. */
function ratioOf({ measure }: Case, subject: Side | Refusal, against: Side | Refusal): number {
  const isServed = (side: Side | Refusal): side is Side => !('why' in side) && side.missed === undefined
  if (!isServed(subject)) return isServed(against) ? 0 : Number.NaN
  return isServed(against)
    ? advantage(MEASURES[measure], subject.value, against.value)
    : Number.POSITIVE_INFINITY
}

/** Names of the estimates with a range that the sides rest on, in order. */
function unknownsOf({ claim }: ClaimFile, { subject, against }: Case, sides: readonly Side[]): string[] {
  const facts = sides.flatMap(({ evidence }) => evidence.flatMap(({ estimates }) => estimates))
  const ofFacts = facts.map(({ name, fact: { value, low = value, high = value } }) => ({ name, low, high }))
  const own = [subject, against].flatMap(pool => ownEstimates(pool, claim.pools[pool]))
  const ranged = [...ofFacts, ...own].filter(({ low, high }) => low < high)
  return [...new Set(ranged.map(({ name }) => name))].sort()
}

/** Of the weakest fact. */
export function weakest(evidence: readonly Evidence[]): Grade {
  return GRADES[Math.max(...evidence.map(({ grade }) => GRADES.indexOf(grade)))]
}
