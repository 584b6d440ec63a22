import type { Refusal } from '../../src/planning/fleets/appraisal.ts'
import { type Case, casesOf } from './cases.ts'
import { type ClaimFile, loadClaim } from './claim-file.ts'
import { pathCase, priceTrial } from './price-trial.ts'
import { ServingRates } from './serving-rates.ts'
import { transitionRows } from './transition-trial.ts'
import { type Trial, trialOf } from './trial.ts'

/** A line of claims.csv: a case of a claim and what it came to. */
export interface ClaimRow {
  readonly claim: string
  readonly given: Case
  readonly result: Trial | Refusal
}

/** The cases of a claim's file, tried one after another. Throws a UserError at a mistake in the file. */
export async function rowsIn(path: string): Promise<ClaimRow[]> {
  const file = loadClaim(path)
  return [...(await rowsOf(file)), ...(await transitionRows(file, path))]
}

async function rowsOf(file: ClaimFile): Promise<ClaimRow[]> {
  const { claim } = file
  const rates = new ServingRates(file)
  const rows: ClaimRow[] = []
  for (const given of casesOf(claim)) {
    rows.push({ claim: claim.id, given, result: await trialOf(file, rates, given) })
  }
  for (const path of claim.paths) {
    const given = pathCase(file, path)
    rows.push({ claim: claim.id, given, result: await priceTrial(file, rates, path) })
  }
  return rows
}
