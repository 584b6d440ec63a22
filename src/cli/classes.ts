import type { Standing } from '../experiments/race.ts'
import type { ClassSlo } from '../fleet/course.ts'
import type { GroupResult } from '../results/group-result.ts'
import type { Slo } from '../routing/contract.ts'
import { rated } from './best.ts'
import { percent, tableText, wrapped } from './print.ts'
import type { LoadedScenario } from './scenario.ts'

/** The objectives, as in `TTFT <= 1 s, E2E <= 20 s`. */
export function sloText({ ttftS, tpotS, e2eS, worstItlS }: Slo): string {
  const hasGaps = tpotS < Number.POSITIVE_INFINITY
  const parts = [
    ...(hasGaps ? [`TTFT <= ${ttftS} s`, `TPOT <= ${tpotS} s`] : []),
    ...(e2eS === undefined ? [] : [`E2E <= ${e2eS} s`]),
    ...(worstItlS === undefined ? [] : [`every ITL <= ${worstItlS} s`]),
  ]
  return parts.join(', ')
}

/** What the classes are promised that the scenario names, one each: `chat, critical: TTFT <= 0.5 s`. */
export function promiseTexts(loaded: LoadedScenario): string[] {
  return named(loaded).map(([name, { tier, slo }]) => `${name}, ${tier}: ${sloText(slo)}`)
}

/** How many of each of these classes met their SLO, one line a policy; none where there are none. */
export function classTable(loaded: LoadedScenario, standings: readonly Standing[]): string[] {
  const classes = named(loaded)
  if (classes.length === 0) return []
  const names = classes.map(([name]) => name)
  const column = (heading: string, isMeant: (name: string) => boolean) =>
    rated({
      heading,
      better: 'high',
      text: percent,
      values: standings.map(({ result }) => attainment(result, isMeant)),
    })
  const columns = [
    ...classes.map(([name, { tier }]) => column(`${name} \n${tier} `, each => each === name)),
    ...otherName(standings, names).map(name => column(`${name} \nstandard `, each => !names.includes(each))),
  ]
  const labels = standings.map(({ entrant }) => entrant.label)
  return [tableText([{ heading: 'SLO met %\npolicy', cells: labels, align: 'left' }, ...columns], 1)]
}

/** How evenly tenants were treated, where there are some. */
export function fairnessNote(standings: readonly Standing[]): string[] {
  const tenants = Math.max(...standings.map(({ result }) => tenantsOf(result)))
  if (tenants < 2) return []
  const each = standings.map(({ entrant, figures: { tenantFairness } }) => {
    const { service, goodput } = tenantFairness
    return `${entrant.label} ${index(service)} (${index(goodput)})`
  })
  return [
    wrapped(
      `Jain's fairness between ${tenants} tenants, of tokens served over tokens asked for (and of the share that met the SLO): ${each.join(', ')}.`,
    ),
  ]
}

function named({ parsed, course, workload }: LoadedScenario): (readonly [name: string, slo: ClassSlo])[] {
  const names = Object.keys(parsed.scenario.slo.classes ?? {})
  return names.map(name => [name, course.classSlos![workload.classes.indexOf(name)]])
}

/** What to call the classes that the scenario does not name: by its name where there is but one. */
function otherName(standings: readonly Standing[], names: readonly string[]): string[] {
  const classes = standings.flatMap(({ result: { groups } }) => groups.filter(({ by }) => by === 'class'))
  const others = [...new Set(classes.map(({ name }) => name))].filter(name => !names.includes(name))
  return others.length > 1 ? ['others'] : others
}

/** Share of the requests of some classes that met their SLO; NaN where none came. */
function attainment({ groups }: Standing['result'], isMeant: (name: string) => boolean): number {
  const meant = groups.filter(({ by, name }) => by === 'class' && isMeant(name))
  const total = (of: (group: GroupResult) => number) => meant.reduce((sum, group) => sum + of(group), 0)
  return total(({ attained }) => attained) / total(({ arrived }) => arrived)
}

function tenantsOf({ groups }: Standing['result']): number {
  return groups.filter(({ by }) => by === 'tenant').length
}

function index(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(3)
}
