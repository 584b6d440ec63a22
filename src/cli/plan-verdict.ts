import type { Gap, Measured, PlanResult, Verdict } from '../planning/fleets/contract.ts'
import type { PlanSpec } from '../planning/fleets/plan-schema.ts'
import type { Interval } from '../statistics/interval.ts'
import { isSameFleet, nodesIn, type PlanReport } from './plan-report.ts'
import { percent, short } from './print.ts'

/** `holds: 97.1 % (96.4 to 97.7 %) of the requests meet the SLO, where 95.0 % must`, and what it means. */
export function verdictSentence(
  measured: Measured,
  verdict: Verdict,
  { spec, result }: Pick<PlanReport, 'spec' | 'result'>,
): string {
  const met =
    `${shareText(measured.attainment)} of the requests meet the SLO, where ${percent(result.objective)} % must` +
    saturatedText(measured) +
    overloadText(measured)
  if (verdict === 'feasible') return `holds: ${met}`
  if (verdict === 'unclear')
    return `cannot tell: ${met}, so it is not called feasible; ${tellingText(result, measured)} may tell`
  const broken = brokenLimits(measured, spec)
  return broken.length === 0 ? `does not hold: ${met}` : `does not hold: ${broken.join(' and ')}; ${met}`
}

/** More draws from one trace make nothing surer. */
function tellingText({ shape }: PlanReport['result'], { load }: Measured): string {
  if (load > 1) return 'a longer race of its scenario'
  return shape.isRedrawn ? 'a longer trace' : 'more --replications'
}

/** `the programme promised 6 nodes, 12.3 $/h; the simulator needs 7, 14.4 $/h: 17 % more`, and why. */
export function gapSentence({ spec, result }: PlanReport): string {
  const { promise, promised, promisedVerdict, chosen, verdict, gap } = result
  const promisedText = `the programme promised ${sizeText(nodesIn(promise.nodes), promise.usdPerHour, promise.watts)}`
  const isSame = isSameFleet(promise.nodes, chosen.nodes)
  if (isSame && verdict === 'feasible' && gapText(gap) === 'as much')
    return `${promisedText}, and that is what the simulator needs`
  const needs = verdict === 'feasible' ? 'the simulator needs' : 'the best that was simulated has'
  const { usdPerHour, watts, nodes } = chosen
  const size = sizeText(nodesIn(nodes), usdPerHour.estimate, watts.estimate)
  const fate = isSame
    ? ''
    : `. The promised fleet ${verdictSentence(promised, promisedVerdict, { spec, result })}`
  return `${promisedText}; ${needs} ${size}: ${gapText(gap)}${fate}`
}

/** In which of the figures that limits are of the fleet exceeds them. */
function brokenLimits({ usdPerHour, gpuShare }: Measured, { limits }: PlanSpec): string[] {
  const { usd_per_hour: mostUsd, gpu_share: leastShare } = limits
  return [
    ...(mostUsd !== undefined && usdPerHour.estimate > mostUsd
      ? [`it costs ${short(usdPerHour.estimate)} $/h, where ${short(mostUsd)} are the most`]
      : []),
    ...(leastShare !== undefined && gpuShare.estimate < leastShare
      ? [
          `GPUs serve ${percent(gpuShare.estimate)} % of the requests, where ${percent(leastShare)} % are the least`,
        ]
      : []),
  ]
}

function saturatedText({ saturated, replications }: Measured): string {
  return saturated === 0
    ? ''
    : `; in ${saturated} of ${replications} runs the queue was still growing in the end`
}

/** Runs are too short to see the queue of a fleet grow that is hardly overloaded. */
function overloadText({ load }: Measured): string {
  return load <= 1 ? '' : `; it gets ${percent(load)} % of the requests that saturate it, by estimate`
}

/** Where there is no price power tells how big a fleet is. */
function sizeText(nodes: number, usdPerHour: number, watts: number): string {
  const size = Number.isNaN(usdPerHour) ? `${short(watts / 1000)} kW` : `${short(usdPerHour)} $/h`
  return `${nodes} ${nodes === 1 ? 'node' : 'nodes'}, ${size}`
}

function gapText({ usdPerHour, watts }: Gap): string {
  const share = Number.isNaN(usdPerHour) ? watts : usdPerHour
  if (Number.isNaN(share)) return 'how much more cannot be told'
  const text = Math.abs(100 * share).toFixed(Math.abs(share) < 0.1 ? 1 : 0)
  if (Number(text) === 0) return 'as much'
  return `${text} % ${share > 0 ? 'more' : 'less'}`
}

/** `97.1 % (96.4 to 97.7 %)` */
export function shareText({ estimate, low, high }: Interval): string {
  return `${percent(estimate)} % (${percent(low)} to ${percent(high)} %)`
}

/** `12.3 ± 0.4`, without the width where there is none. */
export function withWidth({ estimate, halfWidth }: Interval, scale = 1): string {
  const width = halfWidth > 0 && Number.isFinite(halfWidth) ? ` ± ${short(scale * halfWidth)}` : ''
  return `${short(scale * estimate)}${width}`
}

/** `432 ± 7.0 ms`, or in seconds from one on; `-` where there is no such time. */
export function latencyText(interval: Interval): string {
  if (Number.isNaN(interval.estimate)) return '-'
  return interval.estimate < 1 ? `${withWidth(interval, 1000)} ms` : `${withWidth(interval)} s`
}

/** Of fleets in tables. */
export const VERDICTS: Readonly<Record<PlanResult['verdict'], string>> = {
  feasible: 'holds',
  infeasible: 'fails',
  unclear: 'cannot tell',
}
