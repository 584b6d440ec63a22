import { type AdmissionFactory, TIERS } from '../contract.ts'

// BLIS `tier-shed`: the lower the tier, the earlier it is refused as load rises.

/**
 * Refuses a tier while more requests are in hand for each replica than its place allows: the lowest above
 * `from_requests`, each tier higher up above `step_requests` more; the highest never.
 */
export const tierShed: AdmissionFactory = ({ options }) => {
  const most = TIERS.map(
    (_, place) => options.from_requests + (TIERS.length - 1 - place) * options.step_requests,
  )
  return (_request, _cluster, { tier, load }) => tier === TIERS[0] || load <= most[TIERS.indexOf(tier)]
}
