import { basename } from 'node:path'
import type { Standing } from '../experiments/race.ts'
import { saturationRequestsPerS } from '../fleet/saturation.ts'
import type { BuiltPool } from '../scenario/built-pool.ts'
import { classTable, fairnessNote, promiseTexts, sloText } from './classes.ts'
import { handoffText } from './deployment.ts'
import { gatewayLines, gatewayNote } from './gateway-text.ts'
import { CUT_NOTE, colours, facts, paragraph, percent, short, terminalWidth, wrapped } from './print.ts'
import { readingLines } from './reading.ts'
import { foretellingNote, routerLines } from './router.ts'
import type { LoadedScenario } from './scenario.ts'
import { standingsTable } from './standings-table.ts'

/** Header, table and notes of a race; standings in the order to show, in lines of the terminal's width. */
export function reportText(
  loaded: LoadedScenario,
  standings: readonly Standing[],
  most = terminalWidth(),
): string {
  const table = standingsTable(standings, most)
  const notes = [
    ...notesOf(standings, loaded.fleet.attainment, table.saturated),
    ...foretellingNote(loaded.course),
    ...(table.isCut ? [CUT_NOTE] : []),
  ].map(note => paragraph(note, most))
  return [
    headerText(loaded, standings.length, most),
    table.text,
    ...classTable(loaded, standings),
    notes.join('\n'),
  ].join('\n\n')
}

/** What was raced: fleet, workload, objective, and how far to trust the numbers. */
function headerText(loaded: LoadedScenario, policies: number, most: number): string {
  const { parsed, fleet, workload, course } = loaded
  const { scenario } = parsed
  const { grade, estimates, facts: used } = fleet.evidence
  const count = `${policies} ${policies === 1 ? 'policy' : 'policies'}`
  const handoff = handoffText(loaded)
  const title = `${colours.bold(scenario.name)}: ${count}, ${served(loaded)}, seed ${scenario.seed}`
  const lines = facts(
    [
      ...fleetLines(fleet.pools),
      ...(handoff === undefined ? [] : [['KV goes', handoff] as const]),
      ['workload', workloadText(scenario.workload, workload.requests)],
      ['', paceText(workload.ratePerS, saturationRequestsPerS(course))],
      ...readingLines(loaded),
      ...gatewayLines(loaded),
      ...routerLines(course),
      ['SLO', `${sloText(fleet.slo)}; to be met by ${percent(fleet.attainment)} %`],
      ...promiseTexts(loaded).map(text => ['', text] as const),
      ['window', windowText(course.warmupS, workload.spanS)],
      ['evidence', `weakest grade: ${grade} (${estimates.length} of ${used.length} numbers are estimates)`],
    ],
    most,
  )
  return `${paragraph(title, most)}\n${lines}`
}

function served({ parsed: { scenario }, course }: LoadedScenario): string {
  if ('task' in scenario) return scenario.task
  return course.models === undefined ? scenario.model : course.models.join(' and ')
}

const WIDTH = 100

/** A line for every pool where one is too short for all. */
function fleetLines(pools: readonly BuiltPool[]): (readonly [string, string])[] {
  const texts = pools.map(poolText)
  const line = texts.join(' + ')
  if (line.length <= WIDTH) return [['fleet', line]]
  return texts.map((text, i) => (i === 0 ? ['fleet', text] : ['', `+ ${text}`]))
}

function poolText({ kind, nodes, replicas, node }: BuiltPool): string {
  return `${replicas} x ${kind.name} (${nodes} x ${node})`
}

type WorkloadSpec = LoadedScenario['parsed']['scenario']['workload']

export function workloadText(workload: WorkloadSpec, requests: number): string {
  if ('closed_loop' in workload) {
    const { clients, think_s } = workload.closed_loop
    const think = typeof think_s === 'number' ? `${think_s} s` : Object.keys(think_s)[0].replace('_s', '')
    return `closed loop: ${clients} clients that think ${think}, ${requests} requests`
  }
  if ('mix' in workload) return `mix of ${workload.mix.length}, ${requests} requests`
  if ('trace' in workload) return `${basename(workload.trace)}, ${requests} requests`
  if ('preset' in workload) return `${workload.preset}, ${requests} requests`
  return `${workload.generate.arrivals.process} arrivals, ${requests} requests`
}

export function paceText(ratePerS: number, saturationPerS: number): string {
  const saturation = `${short(saturationPerS)} requests/s saturate the fleet`
  if (Number.isNaN(ratePerS)) return `its own pace; ${saturation} (estimate)`
  return `${short(ratePerS)} requests/s, load ${percent(ratePerS / saturationPerS)} %: ${saturation} (estimate)`
}

function windowText(warmupS: number, spanS: number): string {
  const from = warmupS === 0 ? 'from the first arrival' : `after ${warmupS} s of warm-up`
  return Number.isNaN(spanS)
    ? `${from} to the last arrival`
    : `${from} to the last arrival, at ${short(spanS)} s; the drain is not metered`
}

/** What a reader of the table must know before believing it. */
function notesOf(standings: readonly Standing[], attainment: number, saturated: string): string[] {
  const stars =
    standings.length > 1
      ? [
          'In order of $ per good Mtok. * best of its column; equal values share it. Busy: running any step at all.',
        ]
      : []
  return [
    ...stars,
    ...attainmentNote(standings, attainment),
    ...moneyNote(standings),
    ...windowNote(standings),
    ...saturationNote(standings, saturated),
    ...rejectionNotes(standings),
    ...fairnessNote(standings),
    ...prefixNote(standings),
    ...transferNote(standings),
    ...loadsNote(standings),
  ]
}

function moneyNote([first]: readonly Standing[]): string[] {
  const { usdPerHour } = first.figures
  if (Number.isNaN(usdPerHour)) return ['$ is blank: the catalogue has no price for a node of this fleet.']
  return [
    `Total $ is the same for every policy on this fixed, always-on fleet: $${short(usdPerHour)}/h. What a policy\n` +
      'changes is how many tokens meet the SLO for it. "Good" tokens are those of requests that met the SLO.',
  ]
}

function attainmentNote(standings: readonly Standing[], attainment: number): string[] {
  if (standings.some(({ figures }) => figures.attainment >= attainment)) return []
  return [
    `No policy meets the SLO for ${percent(attainment)} % of the requests: read the order as who misses it least.`,
  ]
}

/** Windows shorter than this many median answers say more about their edges than about the policies. */
const SHORT_WINDOW = 10

function windowNote([best]: readonly Standing[]): string[] {
  const { windowS, e2e } = best.result
  // Without answers there is no median.
  if (Number.isNaN(e2e.p50) || windowS >= SHORT_WINDOW * e2e.p50) return []
  return [
    `The window of ${short(windowS)} s is short: half of the answers take more than ${short(e2e.p50)} s. Give the\n` +
      'workload more requests before believing small differences, and loads found at the SLO.',
  ]
}

/** @param called what the table calls them */
function saturationNote(standings: readonly Standing[], called: string): string[] {
  const saturated = standings.filter(({ result }) => result.isSaturated).map(({ entrant }) => entrant.label)
  if (saturated.length === 0) return []
  return [
    `${colours.red(called)}: the queue was still growing when the window ended under ${saturated.join(', ')};\n` +
      'latencies there grow with the length of the workload.',
  ]
}

function rejectionNotes(standings: readonly Standing[]): string[] {
  return [
    ...countNote('Rejected, as their prompts reach max_model_len', standings, ({ rejected }) => rejected),
    ...(standings.some(({ result }) => result.gateway !== undefined)
      ? gatewayNote(standings)
      : countNote('Refused by the router', standings, ({ refused }) => refused)),
  ]
}

/** Of the policies under which there are any. */
function countNote(
  name: string,
  standings: readonly Standing[],
  count: (result: Standing['result']) => number,
): string[] {
  const having = standings.filter(({ result }) => count(result) > 0)
  if (having.length === 0) return []
  return [`${name}: ${having.map(({ entrant, result }) => `${entrant.label} ${count(result)}`).join(', ')}.`]
}

function prefixNote(standings: readonly Standing[]): string[] {
  if (standings.every(({ result }) => result.prompts.hit === 0)) return []
  return [
    ofEach('Prefix hits, % of prompt tokens', standings, ({ figures }) => percent(figures.prefixHitShare)),
  ]
}

function transferNote(standings: readonly Standing[]): string[] {
  if (standings.every(({ result }) => result.transfers === undefined)) return []
  const text = ({ result: { transfers } }: Standing) =>
    transfers === undefined || Number.isNaN(transfers.meanS)
      ? '-'
      : `${short(1000 * transfers.meanS)} (${transfers.meanContention.toFixed(2)})`
  return [ofEach('KV transfers, mean ms (times what they take alone)', standings, text)]
}

function loadsNote(standings: readonly Standing[]): string[] {
  const loads = ({ result }: Standing) => result.replicas.reduce((sum, replica) => sum + replica.loads, 0)
  if (standings.every(standing => loads(standing) === 0)) return []
  return [ofEach('Weights loaded in place of others, times', standings, standing => String(loads(standing)))]
}

function ofEach(what: string, standings: readonly Standing[], text: (standing: Standing) => string): string {
  return wrapped(`${what}: ${standings.map(each => `${each.entrant.label} ${text(each)}`).join(', ')}.`)
}
