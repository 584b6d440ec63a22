import type { Measured, Nodes } from './contract.ts'
import type { Verified, Verifier } from './verification.ts'

/** Fleets that are looked at once more, at most: chance may let any of them pass. */
export const MOST_LOOKS = 3

/** A plan's fleet, and how many were looked at once more until there was one. */
export interface Confirmed {
  readonly chosen: Verified
  readonly looks: number
}

/** What tells which fleet is to be looked at next. */
export interface Choosing {
  /** What is to be least. */
  aimOf(measured: Measured): number
  /** What the search came to. */
  readonly last: Verified
  /** Searches on from a fleet that failed. */
  searchedFrom(nodes: Nodes): Promise<Verified>
}

/**
 * The least of the fleets that were verified to hold, if it holds as well in replications that no fleet was chosen by:
 * of many that are put to the same replications the least that passes may owe it to them. Where it does not, the next
 * least, or what a further search comes to where there is none. Gives the last that was looked at where none holds.
 */
export async function confirmed(check: Verifier, choosing: Choosing): Promise<Confirmed> {
  let chosen = choosing.last
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const next = await nextOf(check, choosing, chosen)
    if (next.verdict !== 'feasible') return { chosen: next, looks }
    chosen = await check.confirm(next.measured.nodes)
    if (chosen.verdict === 'feasible') return { chosen, looks: looks + 1 }
  }
  return { chosen, looks: MOST_LOOKS }
}

async function nextOf(
  { made }: Verifier,
  { aimOf, last, searchedFrom }: Choosing,
  failed: Verified,
): Promise<Verified> {
  const feasible = made().filter(({ verdict }) => verdict === 'feasible')
  const [least] = feasible.toSorted((a, b) => aimOf(a.measured) - aimOf(b.measured))
  return least ?? (failed === last ? last : await searchedFrom(failed.measured.nodes))
}
