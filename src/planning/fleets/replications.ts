/** Replications of a short look. */
export const SCOUTED: readonly number[] = [1, 2]

/** How a plan's replications are dealt out. */
export interface Replicating {
  /** Of a look that verifies a fleet. */
  readonly replications: number
  /** Whether replication 0 is the one trace that there is, which every look has. */
  readonly hasItself: boolean
}

/**
 * Replications of a look, numbered from 0: verification at first, then fresh ones each time. None is among those that
 * fleets are scouted in, and looks share nothing but the trace itself.
 */
export function replicationsOf(look: number, { replications, hasItself }: Replicating): number[] {
  const isFirst = look === 0
  const fresh = replications - (isFirst || hasItself ? 1 : 0)
  const before = isFirst ? 0 : replications - 1 + (look - 1) * fresh
  const from = 1 + SCOUTED.length + before
  const drawn = Array.from({ length: fresh }, (_, i) => from + i)
  return fresh < replications ? [0, ...drawn] : drawn
}
