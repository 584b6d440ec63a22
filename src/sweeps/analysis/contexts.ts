import { UserError } from '../../core/errors.ts'
import { suggestion } from '../../core/nearest.ts'
import { type GroupSeries, groupSeries } from '../group-series.ts'
import type { SavedResults } from './saved-results.ts'

/** What tells the things apart that are compared when nothing else is said. */
export const POLICY = 'policy'

/** One of the things that are compared. */
export interface Contender {
  /** The policy, or the level of the factor that is compared. */
  readonly label: string
  /** What sentences call it: `round-robin`, `load 0.7`. */
  readonly title: string
  readonly series: GroupSeries
}

/** Things that differ in nothing but what is compared. */
export interface Context {
  /** Labels of all else that varies, by the names of their columns. */
  readonly at: readonly (readonly [name: string, label: string])[]
  readonly group: GroupSeries['group']
  readonly name: string
  readonly contenders: readonly Contender[]
}

/**
 * All contexts in order of the results.
 *
 * @param by column that tells contenders apart: policy, or a factor. Throws a UserError where there is none of that name
 */
export function contextsOf(results: SavedResults, by: string = POLICY): Context[] {
  const names = [...results.factors, POLICY]
  checkKnown(names, by)
  const contexts = new Map<string, Context & { contenders: Contender[] }>()
  for (const series of results.points.flatMap(point => groupSeries(results.columns, point))) {
    const labels = [...series.levels, series.policy]
    const at = names.map((name, i) => [name, labels[i]] as const).filter(([name]) => name !== by)
    const { group, name } = series
    const key = JSON.stringify([at, group, name])
    const context = contexts.get(key) ?? { at, group, name, contenders: [] }
    const label = labels[names.indexOf(by)]
    context.contenders.push({ label, title: titleOf(by, label), series })
    contexts.set(key, context)
  }
  return withoutConstants([...contexts.values()])
}

function checkKnown(names: readonly string[], by: string): void {
  if (names.includes(by)) return
  throw new UserError(`--factor ${by}: the results have no such factor; ${suggestion(by, names)}`)
}

/** A level says little without the last part of its key that is a name. */
function titleOf(by: string, label: string): string {
  const key = by.split('.').findLast(part => !/^\d+$/.test(part))
  return by === POLICY ? label : `${key} ${label}`
}

/** What is the same everywhere tells nothing apart. */
function withoutConstants(contexts: readonly Context[]): Context[] {
  const varies = (place: number) => contexts.some(({ at }) => at[place][1] !== contexts[0].at[place][1])
  return contexts.map(context => ({ ...context, at: context.at.filter((_, place) => varies(place)) }))
}

/** Those with something to compare. Throws a UserError where there are none. */
export function comparable(contexts: readonly Context[], by: string): Context[] {
  const found = contexts.filter(({ contenders }) => contenders.length > 1)
  if (found.length > 0) return found
  const others = columnsToCompare(contexts, by).map(name =>
    name === POLICY ? 'the policies' : `--factor ${name}`,
  )
  const other = others.length > 0 ? `, or compare ${others.join(' or ')}` : ''
  throw new UserError(
    `the results have one ${by} at a time, such as ${contexts[0].contenders[0].label}; must have two or more to compare${other}`,
  )
}

/** What else varies. */
function columnsToCompare(contexts: readonly Context[], by: string): string[] {
  return [...new Set(contexts.flatMap(({ at }) => at.map(([name]) => name)))].filter(name => name !== by)
}

/** Every two contenders of a context; or each of the others with one. */
export function pairsOf({ contenders }: Context, against?: string): (readonly [Contender, Contender])[] {
  if (against === undefined) {
    return contenders.flatMap((a, i) => contenders.slice(i + 1).map(b => [a, b] as const))
  }
  const base = contenders.find(({ label }) => label === against)
  if (base === undefined) return []
  return contenders.filter(other => other !== base).map(other => [other, base] as const)
}

/** Throws a UserError where nothing has that label. */
export function checkAgainst(contexts: readonly Context[], by: string, against: string): void {
  const labels = [...new Set(contexts.flatMap(({ contenders }) => contenders.map(({ label }) => label)))]
  if (labels.includes(against)) return
  throw new UserError(
    `--against ${against}: the results have no such ${by === POLICY ? by : `level of ${by}`}; ${suggestion(against, labels)}`,
  )
}
