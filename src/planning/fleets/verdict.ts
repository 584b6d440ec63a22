import { type Interval, meanInterval } from '../../statistics/interval.ts'
import { attainmentInterval } from '../../statistics/proportion.ts'
import { ratioInterval } from '../../statistics/ratio.ts'
import type { Sampling } from '../../statistics/sampling.ts'
import type { Measured, Nodes, Verdict } from './contract.ts'
import type { FleetRun } from './truth.ts'

/** Millions of tokens an hour, of tokens a second. */
const MTOK_PER_HOUR = 3600 / 1e6

/** What a fleet's runs come to. */
export function measuredOf(
  nodes: Nodes,
  runs: readonly FleetRun[],
  confidence: number,
  sampling: Sampling,
): Measured {
  const meanOf = (of: (run: FleetRun) => number) => meanInterval(runs.map(of), confidence, sampling)
  const mtokPerHour = runs.map(run => run.outputTokensPerS * MTOK_PER_HOUR)
  const perMtok = (perHour: (run: FleetRun) => number): Interval =>
    ratioInterval(runs.map(perHour), mtokPerHour, confidence, sampling)
  return {
    nodes,
    replications: runs.length,
    saturated: runs.filter(run => run.isSaturated).length,
    load: Math.max(...runs.map(run => run.load)),
    attainment: attainmentInterval(
      runs.map(run => run.attainment),
      runs.map(run => run.requests),
      confidence,
      sampling,
    ),
    ttftP99S: meanOf(run => run.ttftP99S),
    tpotP99S: meanOf(run => run.tpotP99S),
    e2eP99S: meanOf(run => run.e2eP99S),
    outputTokensPerS: meanOf(run => run.outputTokensPerS),
    usdPerHour: meanOf(run => run.usdPerHour),
    usdPerMtok: perMtok(run => run.usdPerHour),
    joulesPerMtok: perMtok(run => run.watts * 3600),
    gramsPerMtok: perMtok(run => run.gramsPerHour),
    watts: meanOf(run => run.watts),
    gramsPerHour: meanOf(run => run.gramsPerHour),
    gpuShare: meanOf(run => run.gpuShare),
  }
}

/** What a fleet must hold in simulation. */
export interface Terms {
  /** Share of the requests that must meet the SLO. */
  readonly objective: number
  readonly usdPerHour?: number | undefined
  readonly gpuShare?: number | undefined
}

/**
 * Feasible only where the whole interval of the attainment holds the objective, no run saturates, the load is one that a
 * fleet can bear for longer than the runs last, and limits that simulation alone can tell are kept: the mean of $/h, power
 * included, and the share of the requests on GPUs.
 */
export function verdictOf(measured: Measured, terms: Terms): Verdict {
  const { attainment, saturated, replications } = measured
  if (attainment.high < terms.objective || saturated > replications / 2) return 'infeasible'
  if (overLimits(measured.usdPerHour.estimate, measured.gpuShare.estimate, terms) > 0) return 'infeasible'
  const isLasting = saturated === 0 && overload(measured.load) === 0
  return attainment.low >= terms.objective && isLasting ? 'feasible' : 'unclear'
}

/** By which share of what saturates the fleet more comes than that; 0 where it does not. */
export function overload(load: number): number {
  return Math.max(0, load - 1)
}

/** By which share limits are broken; 0 where they are kept. */
export function overLimits(usdPerHour: number, gpuShare: number, terms: Terms): number {
  const dear = terms.usdPerHour === undefined ? 0 : usdPerHour / terms.usdPerHour - 1
  const missing = terms.gpuShare === undefined ? 0 : terms.gpuShare - gpuShare
  return Math.max(0, dear) + Math.max(0, missing)
}
