import type { Aim, PlanResult } from '../planning/fleets/contract.ts'
import type { PlanSpec } from '../planning/fleets/plan-schema.ts'
import { nodesIn, type PlanReport } from './plan-report.ts'
import { chosenTable, classTable, frontTable, ratingsTable } from './plan-tables.ts'
import { gapSentence, latencyText, verdictSentence, withWidth } from './plan-verdict.ts'
import { colours, facts, short, wrapped } from './print.ts'
import { count, seconds } from './quantities.ts'

const AIMS: Readonly<Record<Aim, string>> = {
  usd: 'dollars an hour',
  joules: 'energy',
  grams: 'CO2e',
  watts: 'power that racks must supply',
}

type Line = readonly [name: string, text: string]

/** The fleet, what it comes to, how far the promise was off, and what else was considered. */
export function planText(report: PlanReport): string {
  const { spec, result } = report
  const sections = [
    `${titleOf(spec, result)}\n\n${chosenTable(report)}`,
    facts(outcomeLines(report)),
    `${colours.bold('Classes of requests')}\n${classTable(result)}`,
    `${colours.bold('Options')}: requests a second of a node alone at the SLO\n${ratingsTable(report)}`,
    ...leftOutSection(result),
    `${colours.bold('Fleets that none verified beats in $/h, TTFT and energy at once')} (* the plan)\n${frontTable(result)}`,
  ]
  return sections.join('\n\n')
}

/** Three commands that the written fleet is good for; how to write it where it is not. */
export function nextText(file: string, { out, catalogue = [] }: NextFlags): string {
  if (out === undefined) return `Next: regatta plan ${file} --out results/plan writes the fleet as a scenario`
  const own = catalogue.map(path => ` --catalogue ${path}`).join('')
  return [
    'Next:',
    `  regatta check ${out}/scenario.yaml${own}     its arithmetic, and every estimate it rests on`,
    `  regatta race ${out}/scenario.yaml${own} --policies least-requests,power-of-two,cost-greedy     other policies`,
    `  regatta capacity ${out}/scenario.yaml${own}     how much more it carries`,
  ].join('\n')
}

export interface NextFlags {
  readonly out?: string
  readonly catalogue?: readonly string[]
}

function titleOf({ name, seed, minimise }: PlanSpec, result: PlanResult): string {
  const { classes, chosen } = result
  const ratePerS = classes.reduce((sum, of) => sum + of.ratePerS, 0)
  const nodes = nodesIn(chosen.nodes)
  return (
    `${colours.bold(name)}, seed ${seed}: ${nodes} ${nodes === 1 ? 'node' : 'nodes'} for ${short(ratePerS)} requests/s, ` +
    `least ${AIMS[minimise]}`
  )
}

function outcomeLines(report: PlanReport): Line[] {
  const { result } = report
  const { chosen, verdict } = result
  return [
    ['SLO', verdictSentence(chosen, verdict, report)],
    ['p99', p99Text(report)],
    ['costs', costText(report)],
    ['power', powerText(report)],
    ['carbon', carbonText(report)],
    ['promise', gapSentence(report)],
    ['runs', runsText(report)],
    ['evidence', evidenceText(result)],
  ]
}

function costText({ spec, result: { chosen, options }, terms }: PlanReport): string {
  const unpriced = options.filter((_, i) => chosen.nodes[i] > 0 && Number.isNaN(terms[i].usdPerHour))
  if (unpriced.length > 0) return `unknown: there is no price of ${namesOf(unpriced)} on these terms`
  return `${withWidth(chosen.usdPerHour)} $/h, ${withWidth(chosen.usdPerMtok)} $ per million ${unitOf(spec)}s`
}

function powerText({ spec, result: { chosen } }: PlanReport): string {
  const perUnit = `${withWidth(chosen.joulesPerMtok, 1e-6)} J ${spec.task === undefined ? 'a' : 'an'} ${unitOf(spec)}`
  return `${withWidth(chosen.watts, 1e-3)} kW at the facility (PUE ${spec.pue}), ${perUnit}`
}

function carbonText({ spec, result: { chosen, options }, terms }: PlanReport): string {
  const unknown = options.filter((_, i) => chosen.nodes[i] > 0 && Number.isNaN(terms[i].embodiedGramsPerHour))
  if (unknown.length > 0) return `unknown: what making ${namesOf(unknown)} emitted is not known`
  return `${withWidth(chosen.gramsPerMtok)} g of CO2e per million ${unitOf(spec)}s, embodied included`
}

/** What a request of a task is answered by counts as one output token. */
function unitOf({ task }: PlanSpec): string {
  return task === undefined ? 'token' : 'answer'
}

function namesOf(options: PlanResult['options']): string {
  return options.map(({ name }) => name).join(', ')
}

/** An answer comes whole: the time to its first token is the time to its last. */
function p99Text({ spec, result }: PlanReport): string {
  const { ttftP99S, tpotP99S, e2eP99S } = result.chosen
  const e2e = `E2E ${latencyText(e2eP99S)}`
  return spec.task === undefined
    ? `TTFT ${latencyText(ttftP99S)}, TPOT ${latencyText(tpotP99S)}, ${e2e}`
    : e2e
}

function runsText({ spec, result }: PlanReport): string {
  const { simulations, runs, shape, chosen } = result
  const { requests, spanS, workloadRequests, isRedrawn, hasItself } = shape
  const part = requests < workloadRequests ? `, a part of the workload's ${count(workloadRequests)}` : ''
  const again =
    requests > workloadRequests ? `, the workload's ${count(workloadRequests)} drawn again and again` : ''
  const whence = hasItself
    ? "the workload's own trace and draws from it"
    : "draws from the workload's own trace"
  const drawn = isRedrawn
    ? `; runs are of ${whence}, whose spread stands for that of other traces like it: a longer trace makes them surer, more runs do not`
    : ''
  return (
    `${count(simulations)} fleets in ${count(runs)} runs of ${count(requests)} requests in ${seconds(spanS)} each${part}${again}; ` +
    `the plan has ${chosen.replications} replications${looksText(result)}, and ${short(100 * spec.verify.confidence)} % intervals${drawn}`
  )
}

/** A fleet that holds has been put to replications that no choice was made by. */
function looksText({ looks }: PlanResult): string {
  return looks === 0
    ? ''
    : ` that no fleet was chosen by (${looks} ${looks === 1 ? 'fleet' : 'fleets'} put to such)`
}

function evidenceText({ evidence: { grade, facts, estimates } }: PlanResult): string {
  return `weakest grade: ${grade}; ${facts.length} numbers, prices among them, ${estimates.length} of them estimates`
}

function leftOutSection({ leftOut }: PlanResult): string[] {
  if (leftOut.length === 0) return []
  const lines = leftOut.map(({ name, why }) => wrapped(`${name}: ${why}`))
  return [`${colours.bold('Left out')}\n${lines.join('\n')}`]
}
