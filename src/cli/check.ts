import type { Command } from 'commander'
import { saturationRequestsPerS, saturationTokensPerS } from '../fleet/saturation.ts'
import type { BuiltPool } from '../scenario/built-pool.ts'
import { dotted } from '../scenario/document.ts'
import type { UsedFact } from '../scenario/evidence.ts'
import { loadScenario } from '../scenario/files.ts'
import { hasOwn } from '../scenario/own-policies.ts'
import { defaultsTaken } from '../scenario/schema.ts'
import { promiseTexts, sloText } from './classes.ts'
import { deploymentLines } from './deployment.ts'
import { entrantsOf } from './entrants.ts'
import { type ScenarioFlags, withScenarioFlags } from './flags.ts'
import { gatewayLines } from './gateway-text.ts'
import { placementText } from './placement.ts'
import { colours, facts, percent, print, short, tableText, wrapped } from './print.ts'
import { readingLines } from './reading.ts'
import { knowledgeLines } from './router.ts'
import { type LoadedScenario, loadPrepared } from './scenario.ts'
import { paceText, workloadText } from './standings.ts'
import { watchedOver } from './watched.ts'

const EXAMPLES = `
Examples:
  regatta check configs/scenarios/mixed-fleet.yaml
  regatta check mine.yaml --load 0.9`

export function addCheckCommand(program: Command): void {
  withScenarioFlags(program.command('check'))
    .description('validate a scenario and print its arithmetic: fleet, workload, defaults, evidence')
    .addHelpText('after', EXAMPLES)
    .action(checkScenario)
}

async function checkScenario(file: string, flags: ScenarioFlags): Promise<void> {
  const isOwn = hasOwn(loadScenario(file).scenario.policies, file)
  await watchedOver(isOwn, flags.policyTimeout, () => printChecked(file, flags))
}

async function printChecked(file: string, flags: ScenarioFlags): Promise<void> {
  const loaded = await loadPrepared(file, flags)
  const entrants = await entrantsOf(loaded, loaded.parsed.scenario.policies)
  const sections = [
    `${colours.bold(loaded.parsed.scenario.name)} is valid\n${wrapped(`Policies: ${entrants.map(({ label }) => label).join(', ')}`)}`,
    `${heading('Fleet')}\n${fleetText(loaded.fleet.pools)}\n\n${totalsText(loaded)}`,
    `${heading('Placement')}\n${placementText(loaded.fleet.pools, loaded.catalogue)}`,
    ...section('Deployment', deploymentLines(loaded)),
    `${heading('Workload')}\n${measureText(loaded)}`,
    ...section('Gateway', gatewayLines(loaded)),
    `${heading('What the router knows')}\n${facts(knowledgeLines(loaded.course))}`,
    `${heading('SLO')}\n${objectivesText(loaded)}`,
    `${heading('Defaults taken')}\n${defaultsText(loaded)}`,
    `${heading('Evidence')}\n${evidenceText(loaded)}`,
  ]
  print(sections.join('\n\n'))
}

/** None where there is nothing out of the ordinary. */
function section(title: string, lines: Parameters<typeof facts>[0]): string[] {
  return lines.length === 0 ? [] : [`${heading(title)}\n${facts(lines)}`]
}

function heading(text: string): string {
  return colours.bold(text)
}

/** Per replica, but for the pool's counts. */
function fleetText(pools: readonly BuiltPool[]): string {
  const column = (title: string, value: (pool: BuiltPool) => number, text = short) => ({
    heading: title,
    cells: pools.map(pool => text(value(pool))),
  })
  return tableText([
    { heading: '\n\npool', cells: pools.map(({ kind }) => kind.name), align: 'left' },
    column('\n\nnodes', ({ nodes }) => nodes, String),
    column('\nrepli-\ncas', ({ replicas }) => replicas, String),
    column('a replica:\n\ndevices', ({ kind }) => kind.devices, String),
    column('\nweights\nGB', ({ memory }) => memory.weightBytes / 1e9),
    column('\nKV\nGB', ({ memory }) => memory.kvBytes / 1e9),
    column('\nKV\ntokens', ({ kind }) => kind.kvBlocks * kind.blockTokens, String),
    column('\nmax model\nlen', ({ kind }) => kind.maxModelLen, String),
    column('\n\n$/h', ({ kind }) => kind.usdPerHour),
    column('\nidle\nW', ({ kind }) => kind.energy.idleWatts),
    column('\nmax\nW', maxWatts),
    column('saturated\nrequests\n/s', ({ kind }) => kind.saturationRequestsPerS),
    column('\noutput\ntokens/s', ({ kind }) => kind.saturationTokensPerS),
  ])
}

function totalsText({ fleet, course }: LoadedScenario): string {
  const replicas = course.replicas.map(kind => fleet.pools[kind])
  const total = (of: (pool: BuiltPool) => number) =>
    replicas.reduce((sum, pool) => sum + of(pool) / pool.turns, 0)
  const idleKw = (total(({ kind }) => kind.energy.idleWatts) + fleet.spareWatts) / 1000
  const maxKw = (total(maxWatts) + fleet.spareWatts) / 1000
  const usdPerHour = total(({ kind }) => kind.usdPerHour) + fleet.spareUsdPerHour
  return facts([
    ['whole fleet', `${replicas.length} replicas, ${usdText(usdPerHour)}`],
    [
      'power',
      `${short(idleKw)} kW idle, ${short(maxKw)} kW at most; ${short(idleKw * fleet.pue)} to ${short(maxKw * fleet.pue)} kW at the facility (PUE ${fleet.pue})`,
    ],
    [
      'saturated',
      `${short(saturationRequestsPerS(course))} requests/s, ${short(saturationTokensPerS(course))} output tokens/s of this workload (estimate)`,
    ],
    ...(fleet.spareWatts > 0
      ? [
          [
            'spare',
            `${short(fleet.spareWatts)} W and ${usdText(fleet.spareUsdPerHour)} of devices without a replica`,
          ] as const,
        ]
      : []),
  ])
}

function maxWatts({ power }: BuiltPool): number {
  return power.devices * power.tdpWatts + power.hostIdleWatts + power.hostLoadWatts
}

function usdText(usdPerHour: number): string {
  return Number.isNaN(usdPerHour) ? 'no price' : `$${short(usdPerHour)}/h`
}

function measureText(loaded: LoadedScenario): string {
  const { parsed, workload, course } = loaded
  const { measured, requests, factor, ratePerS, spanS } = workload
  const times =
    factor === 1 ? '' : `, ${short(factor)} times its own rate of ${short(measured.meanRatePerS)}/s`
  const lasts = Number.isNaN(spanS) ? [] : [['lasts', `${short(spanS)} s${times}`] as const]
  return facts([
    ['requests', workloadText(parsed.scenario.workload, requests)],
    ...readingLines(loaded),
    ['pace', paceText(ratePerS, saturationRequestsPerS(course))],
    ...lasts,
    ['prompts', `mean ${short(measured.meanInputTokens)}, longest ${measured.maxInputTokens} tokens`],
    ['outputs', `mean ${short(measured.meanOutputTokens)}, longest ${measured.maxOutputTokens} tokens`],
    ['prompt + output', `longest ${measured.maxTotalTokens} tokens`],
    ['fingerprint', measured.hash],
  ])
}

function objectivesText(loaded: LoadedScenario): string {
  const { slo, attainment } = loaded.fleet
  const all = `${sloText(slo)}; to be met by ${percent(attainment)} %`
  return [all, ...promiseTexts(loaded)].join('\n')
}

function defaultsText({ parsed }: LoadedScenario): string {
  const taken = defaultsTaken(parsed)
  if (taken.length === 0) return 'none: the file gives every value'
  return facts(taken.map(([key, value]) => [dotted(key), JSON.stringify(value)]))
}

function evidenceText({ fleet }: LoadedScenario): string {
  const { grade, facts: used, estimates } = fleet.evidence
  const opening = `weakest grade: ${grade}; ${used.length} numbers, ${estimates.length} of them estimates`
  if (estimates.length === 0) return opening
  const column = (title: string, of: (used: UsedFact) => string) => ({
    heading: title,
    cells: estimates.map(of),
  })
  const table = tableText([
    { ...column('estimate', ({ name }) => name), align: 'left' },
    column('value', ({ value }) => String(value)),
    column('low', ({ fact }) => String(fact.low ?? '')),
    column('high', ({ fact }) => String(fact.high ?? '')),
    { ...column('source', ({ fact }) => fact.source), align: 'left' },
  ])
  return `${opening}\n${table}`
}
