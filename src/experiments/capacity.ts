import type { LoadPoint } from '../results/load-measures.ts'
import { HIGHEST_LOAD, LOWEST_LOAD, TOLERANCE } from './at-slo.ts'
import { type Bracket, bracketOf, type SearchRange } from './bracket.ts'
import { type JudgedProbe, judgedAt, probedAt, type Question } from './load-probe.ts'
import type { LoadRuns } from './load-runs.ts'
import type { Entrant } from './race.ts'

/** A question, and the loads between which to look for its answer. */
export interface CapacityQuestion extends Question {
  readonly lowestLoad?: number
  readonly highestLoad?: number
  /** By what share the load that holds and the load that fails may differ, where chance lets them. */
  readonly tolerance?: number
}

/** The highest load at which a policy meets the SLO, as far as it can be told. */
export interface Capacity {
  readonly entrant: Entrant
  /**
   * Where the SLO surely holds, and surely fails; undefined where no load that was tried does. The confidence covers
   * all looks at one load, not all the loads that the search tries.
   */
  readonly holds: LoadPoint | undefined
  readonly fails: LoadPoint | undefined
  /** Where most of the requests met it. */
  readonly best: LoadPoint
  /**
   * `found` between the two; `above`: it holds at the highest load searched; `below`: it fails at the lowest; `open`:
   * at one of the ends it cannot be told.
   */
  readonly bound: 'found' | 'above' | 'below' | 'open'
}

/**
 * Bisects for the load, with replications at every one that is tried. Takes for granted that what holds at a load holds
 * at every lower one.
 */
export async function capacityOf(runs: LoadRuns, question: CapacityQuestion): Promise<Capacity> {
  const range = rangeOf(runs, question)
  const probes: JudgedProbe[] = []
  const bracket = await bracketOf(async ratePerS => {
    const probe = await judgedAt(runs, ratePerS, question)
    probes.push(probe)
    return probe.judgement
  }, range)
  return {
    entrant: runs.entrant,
    ...(await endsOf(bracket, runs, question)),
    best: probes.reduce((best, probe) => (attained(probe) > attained(best) ? probe : best)),
    bound: boundOf(bracket, range),
  }
}

/** With all replications, however few it took to judge them. */
async function endsOf({ holdsPerS, failsPerS }: Bracket, runs: LoadRuns, question: CapacityQuestion) {
  const { replications, confidence } = question
  const at = (ratePerS: number) =>
    Number.isNaN(ratePerS) ? undefined : probedAt(runs, ratePerS, replications, confidence)
  return { holds: await at(holdsPerS), fails: await at(failsPerS) }
}

function attained({ estimates }: LoadPoint): number {
  return estimates.slo_attainment.estimate
}

/** In requests a second, with what is left out filled in. */
export function rangeOf({ saturationPerS }: LoadRuns, question: CapacityQuestion): SearchRange {
  const { lowestLoad = LOWEST_LOAD, highestLoad = HIGHEST_LOAD, tolerance = TOLERANCE } = question
  return { lowestPerS: lowestLoad * saturationPerS, highestPerS: highestLoad * saturationPerS, tolerance }
}

function boundOf({ holdsPerS, failsPerS }: Bracket, range: SearchRange): Capacity['bound'] {
  if (holdsPerS === range.highestPerS) return 'above'
  if (failsPerS === range.lowestPerS) return 'below'
  return Number.isNaN(holdsPerS) || Number.isNaN(failsPerS) ? 'open' : 'found'
}
