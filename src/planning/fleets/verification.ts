import type { Sampling } from '../../statistics/sampling.ts'
import type { Measured, Nodes, Verdict } from './contract.ts'
import { type Replicating, replicationsOf } from './replications.ts'
import { holdsAt, type Look, searched } from './search.ts'
import { runsOf, type Scouted } from './terrain.ts'
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
  /** Verifies it anew, in replications that no fleet has been verified in: that stands in place of what was before. */
  confirm(nodes: Nodes): Promise<Verified>
  /** In the order made. */
  made(): readonly Verified[]
}

/** Replications that verify a fleet, and what they tell. */
export interface Verifying extends Replicating {
  readonly confidence: number
  readonly sampling: Sampling
}

/** How often verification sends the search back for more. */
const ATTEMPTS = 5

/**
 * Replications are others than those that fleets were scouted in: a fleet that chance favoured there is not favoured
 * again.
 */
export function verifier(truth: Truth, terms: Terms, verifying: Verifying): Verifier {
  const known = new Map<string, Verified>()
  let looks = 1
  const looked = async (nodes: Nodes, look: number) => {
    const runs = await runsOf(truth, nodes, replicationsOf(look, verifying))
    const measured = measuredOf(nodes, runs, verifying.confidence, verifying.sampling)
    const verified = { measured, verdict: verdictOf(measured, terms) }
    known.set(nodes.join(), verified)
    return verified
  }
  return {
    made: () => [...known.values()],
    verify: async nodes => known.get(nodes.join()) ?? (await looked(nodes, 0)),
    confirm: nodes => looked(nodes, looks++),
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
