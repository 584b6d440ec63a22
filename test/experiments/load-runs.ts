import type { LoadRun, LoadRuns } from '../../src/experiments/load-runs.ts'
import { LOAD_MEASURES } from '../../src/results/load-measures.ts'

/** What a made run came to; every measure of it is 1. */
export interface Made {
  readonly attainment: number
  readonly isSaturated?: boolean
  readonly requests?: number
}

/** Runs that nobody simulates, of a fleet that saturates at 10 requests a second. */
export function madeRuns(label: string, of: (load: number, replication: number) => Made): LoadRuns {
  const made = new Map<string, LoadRun>()
  const amounts = Object.fromEntries(LOAD_MEASURES.map(name => [name, { amount: 1, per: 1 }]))
  return {
    entrant: { name: label, label },
    saturationPerS: 10,
    made: () => [...made.values()],
    at(ratePerS, replication) {
      const key = `${ratePerS}/${replication}`
      const run = { requests: 1e6, isSaturated: false, ...of(ratePerS / 10, replication) }
      const known = made.get(key) ?? { ...run, replication, ratePerS, amounts: amounts as LoadRun['amounts'] }
      made.set(key, known)
      return Promise.resolve(known)
    },
  }
}

/** Attains 95 % at the load, less above it and more below, a little better or worse in each replication. */
export function crossingAt(
  load: number,
  spread: readonly number[],
): (at: number, replication: number) => Made {
  return (at, replication) => {
    const attainment = 0.95 - 0.5 * (at - load - spread[replication])
    return { attainment: Math.min(1, Math.max(0, attainment)) }
  }
}
