import { usdPerHourAt } from '../../src/costs/tariff.ts'
import { tariffOf, termsOf } from '../../src/scenario/costs.ts'
import { type Evidence, FactReader, type PlaceInRange } from '../../src/scenario/evidence.ts'
import type { ClaimFile } from './claim-file.ts'

/** What a share of a node costs an hour at a mean of so many watts, and what that rests on. */
export interface SharePrice {
  readonly usdPerHour: number
  readonly evidence: Evidence
}

/**
 * Under the claim's terms of that name. Throws a UserError where no such price is known.
 *
 * @param watts of the devices at the facility, with their share of the host
 */
export function sharePrice(
  { claim, source, catalogue }: ClaimFile,
  pool: string,
  terms: string,
  { devices, watts }: { readonly devices: number; readonly watts: number },
  placeOf: PlaceInRange,
): SharePrice {
  const node = catalogue.nodes.get(claim.pools[pool].node)!
  const where = `${source.place(['terms', terms])}: terms.${terms}`
  const facts = new FactReader('given', placeOf)
  const named = { ...claim.terms[terms], region: claim.region }
  const tariff = tariffOf(node, termsOf(named, node, catalogue, where), facts, where)
  const standing = { ...tariff, usdPerHour: (tariff.usdPerHour * devices) / node.devices }
  return { usdPerHour: usdPerHourAt(standing, watts / claim.pue, claim.pue), evidence: facts.evidence() }
}
