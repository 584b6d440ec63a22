import { bracketOf, type Judgement, type SearchRange } from './bracket.ts'
import { type CapacityQuestion, rangeOf } from './capacity.ts'
import type { LoadRun, LoadRuns } from './load-runs.ts'

/** How much closer than the search for a capacity the search in one replication goes: policies may differ by little. */
const CLOSER = 4

/** Where replications by themselves turn from meeting the SLO to failing it. */
export interface Crossings {
  /** One for each replication, from 0; NaN where it does not turn within the loads searched. */
  readonly loads: readonly number[]
  /** By what share of itself each may be off. */
  readonly error: number
}

/** Goes on from the runs that are made. */
export async function crossingsOf(runs: LoadRuns, question: CapacityQuestion): Promise<Crossings> {
  const whole = rangeOf(runs, question)
  const tolerance = whole.tolerance / CLOSER
  const loads: number[] = []
  for (let replication = 0; replication < question.replications; replication++) {
    const judge = async (ratePerS: number) => judged(await runs.at(ratePerS, replication), question)
    const range = { ...left(runs, question, replication, whole), tolerance }
    const { holdsPerS, failsPerS } = await bracketOf(judge, range)
    loads.push(Math.sqrt(holdsPerS * failsPerS) / runs.saturationPerS)
  }
  return { loads, error: tolerance / 2 }
}

/** What the replication's runs leave of the range. */
function left(runs: LoadRuns, question: CapacityQuestion, replication: number, whole: SearchRange) {
  const made = runs.made().filter(run => run.replication === replication)
  const rates = (judgement: Judgement) =>
    made.filter(run => judged(run, question) === judgement).map(run => run.ratePerS)
  const highestPerS = Math.min(whole.highestPerS, ...rates('fails'))
  const holding = rates('holds').filter(rate => rate < highestPerS)
  return { lowestPerS: Math.max(whole.lowestPerS, ...holding), highestPerS }
}

function judged({ attainment, isSaturated }: LoadRun, { objective }: CapacityQuestion): Judgement {
  return attainment >= objective && !isSaturated ? 'holds' : 'fails'
}
