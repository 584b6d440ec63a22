import {
  LOAD_MEASURES,
  type LoadEstimates,
  type LoadMeasureName,
  type LoadPoint,
} from '../results/load-measures.ts'
import { type Interval, meanInterval } from '../statistics/interval.ts'
import { attainmentInterval } from '../statistics/proportion.ts'
import { ratioInterval } from '../statistics/ratio.ts'
import type { Judgement } from './bracket.ts'
import type { LoadRun, LoadRuns } from './load-runs.ts'

/** A load at which a question was asked. */
export interface JudgedProbe extends LoadPoint {
  readonly judgement: Judgement
}

/** What is to be told, and how surely. */
export interface Question {
  /** Share of the requests that is to meet the SLO. */
  readonly objective: number
  /** At most, at a rate; two or more. */
  readonly replications: number
  /** Of each answer, such as 0.95. */
  readonly confidence: number
}

/**
 * Adds replications until it can be told whether the SLO holds at the rate, doubling their number from two on. Each
 * look at them is given its part of the chance of error (Bonferroni), so that looking again makes nothing surer. The
 * estimates are at the whole confidence.
 */
export async function judgedAt(
  runs: LoadRuns,
  ratePerS: number,
  { objective, replications, confidence }: Question,
): Promise<JudgedProbe> {
  const looks = looksUpTo(replications)
  const ofEach = 1 - (1 - confidence) / looks.length
  let made: readonly LoadRun[] = []
  let judgement: Judgement = 'unclear'
  for (const look of looks) {
    made = await runsAt(runs, ratePerS, look)
    judgement = judgementOf(made, objective, ofEach)
    if (judgement !== 'unclear') break
  }
  return { ...pointOf(runs, ratePerS, made, confidence), judgement }
}

/** What that many replications come to, whatever it is. */
export async function probedAt(
  runs: LoadRuns,
  ratePerS: number,
  replications: number,
  confidence: number,
): Promise<LoadPoint> {
  return pointOf(runs, ratePerS, await runsAt(runs, ratePerS, replications), confidence)
}

function pointOf(
  { saturationPerS }: LoadRuns,
  ratePerS: number,
  made: readonly LoadRun[],
  confidence: number,
): LoadPoint {
  return {
    ratePerS,
    load: ratePerS / saturationPerS,
    replications: made.length,
    saturated: saturatedIn(made),
    estimates: estimatesOf(made, confidence),
  }
}

/** 2, 4, 8 and so on, and at last the most. */
function looksUpTo(most: number): number[] {
  const looks: number[] = []
  for (let look = 2; look < most; look *= 2) looks.push(look)
  return [...looks, most]
}

async function runsAt(runs: LoadRuns, ratePerS: number, replications: number): Promise<LoadRun[]> {
  const made: LoadRun[] = []
  while (made.length < replications) made.push(await runs.at(ratePerS, made.length))
  return made
}

/**
 * A queue that grows in most of the runs fails, whatever is attained while it has not grown far; where it grows in
 * some, nothing is sure to hold.
 */
function judgementOf(made: readonly LoadRun[], objective: number, confidence: number): Judgement {
  const { low, high } = attainmentOf(made, confidence)
  const saturated = saturatedIn(made)
  if (high < objective || saturated > made.length / 2) return 'fails'
  return low >= objective && saturated === 0 ? 'holds' : 'unclear'
}

function saturatedIn(made: readonly LoadRun[]): number {
  return made.filter(run => run.isSaturated).length
}

function attainmentOf(made: readonly LoadRun[], confidence: number): Interval {
  const shares = made.map(({ attainment }) => attainment)
  const requests = made.map(run => run.requests)
  return attainmentInterval(shares, requests, confidence)
}

function estimatesOf(made: readonly LoadRun[], confidence: number): LoadEstimates {
  const estimates = LOAD_MEASURES.map(name => [name, estimateOf(made, name, confidence)] as const)
  return Object.fromEntries(estimates) as Record<LoadMeasureName, Interval>
}

function estimateOf(made: readonly LoadRun[], name: LoadMeasureName, confidence: number): Interval {
  if (name === 'slo_attainment') return attainmentOf(made, confidence)
  const amounts = made.map(run => run.amounts[name].amount)
  const pers = made.map(run => run.amounts[name].per)
  return pers.every(per => per === 1)
    ? meanInterval(amounts, confidence)
    : ratioInterval(amounts, pers, confidence)
}
