import type { Measured, Nodes, Verdict } from './contract.ts'
import { holdsAt, type Look, searched } from './search.ts'
import { runsOf, type Scouted, SHORT } from './terrain.ts'
import type { Truth } from './truth.ts'
import { measuredOf, type Terms, verdictOf } from './verdict.ts'

/** A fleet simulated in all replications. */
export interface Verified {
  readonly measured: Measured
  readonly verdict: Verdict
}

/** Verifies fleets, each once. */
export interface Verifier {
  verify(nodes: Nodes): Promise<Verified>
  /** In the order made. */
  made(): readonly Verified[]
}

/** How often verification sends the search back for more. */
const ATTEMPTS = 5

/**
 * Replications are others than those that fleets were looked at in: a fleet that chance favoured there is not favoured
 * again.
 */
export function verifier(
  truth: Truth,
  terms: Terms,
  { replications, confidence }: { readonly replications: number; readonly confidence: number },
): Verifier {
  const known = new Map<string, Verified>()
  return {
    made: () => [...known.values()],
    async verify(nodes) {
      const key = nodes.join()
      const before = known.get(key)
      if (before !== undefined) return before
      const measured = measuredOf(nodes, await runsOf(truth, nodes, replications, SHORT), confidence)
      const verified = { measured, verdict: verdictOf(measured, terms) }
      known.set(key, verified)
      return verified
    },
  }
}

/**
 * Searches and verifies until a fleet is feasible. What verification finds that a short look did not is asked of the next
 * search in addition, which goes on from the fleet that failed. Gives the last verified, whatever it is.
 */
export async function settled(
  terrain: Scouted,
  { verify }: Verifier,
  start: Nodes,
  objective: number,
): Promise<Verified> {
  let asked = objective
  let from = start
  for (let attempt = 1; ; attempt++) {
    const look = await searched(terrain, from, asked)
    const verified = await verify(look.nodes)
    const isOver = verified.verdict === 'feasible' || !holdsAt(look, asked) || attempt === ATTEMPTS
    if (isOver) return verified
    asked = askedNext(asked, objective, look, verified.measured)
    from = look.nodes
    terrain.extend()
  }
}

/** More than before, by what the look had too much, and less than all. */
function askedNext(asked: number, objective: number, look: Look, { attainment }: Measured): number {
  const missing = objective + (look.attainment - attainment.low)
  const halfway = (1 + asked) / 2
  return Math.min(halfway, Math.max(missing, asked + (1 - asked) / 10))
}
