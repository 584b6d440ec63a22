import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { dotted, type KeyPath, type Source, valueAt } from '../scenario/document.ts'
import { scenarioKeys } from '../scenario/schema.ts'
import type { ExperimentSpec } from './experiment-schema.ts'

/** One value of a factor. */
export interface Level {
  /** What results call it. */
  readonly label: string
  /** What stands in the scenario; null leaves the key out. */
  readonly value: unknown
  /** Where the experiment's file has it. */
  readonly at: KeyPath
}

/** Something of the scenario that is varied. */
export interface Factor {
  /** Key path as the file has it, such as `fleet.0.nodes`: the name of its column. */
  readonly key: string
  readonly path: KeyPath
  readonly levels: readonly Level[]
}

/** What is put into a scenario from the experiment's file. */
export interface Change {
  readonly path: KeyPath
  readonly value: unknown
  readonly at: KeyPath
}

/** What no factor may be, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  name: 'it changes nothing',
  seed: 'replications vary it',
  policies: 'list them under the key policies of the experiment',
}

/**
 * The factors of an experiment. Throws a UserError where one names no key of the scenario, has no levels or two of
 * one name.
 *
 * @param base the scenario, with what else the experiment changes in it
 */
export function factorsOf(source: Source, { factors = {} }: ExperimentSpec, base: Source): Factor[] {
  const found = Object.entries(factors).map(([key, given]) => {
    const fail = failAt(source, key)
    const levels = levelsOf(key, given, fail)
    return { key, path: pathOf(key), levels }
  })
  const first = found.map(({ path, levels: [level] }) => ({ ...level, path }))
  for (const { key, path } of found) {
    const above = first.filter(change => change.path.length < path.length)
    checkPath(applied(base, source, above).input, path, failAt(source, key))
  }
  return found
}

/** The scenario with changes from the experiment's file in it, those of whole sections before those of keys in them. */
export function applied(base: Source, experiment: Source, changes: readonly Change[]): Source {
  const inOrder = changes.toSorted((a, b) => a.path.length - b.path.length)
  const within = (path: KeyPath) => inOrder.findLast(change => isWithin(path, change.path))
  const there = (path: KeyPath, { path: top, at }: Change) => [...at, ...path.slice(top.length)]
  return {
    input: inOrder.reduce((input, { path, value }) => changed(input, path, value), base.input),
    place: path => {
      const change = within(path)
      return change === undefined ? base.place(path) : experiment.place(there(path, change))
    },
    keyPlace: (path, key) => {
      const change = within(path)
      return change === undefined ? base.keyPlace(path, key) : experiment.keyPlace(there(path, change), key)
    },
  }
}

function isWithin(path: KeyPath, section: KeyPath): boolean {
  return section.every((part, i) => String(path[i]) === String(part))
}

/** A copy with another value at the path, or none where that is null. */
function changed(input: unknown, [key, ...rest]: KeyPath, value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(input)) return input.with(Number(key), changed(input[Number(key)], rest, value))
  const { [key]: inner, ...others } = (input ?? {}) as Record<string, unknown>
  if (rest.length === 0 && value === null) return others
  return { ...others, [key]: changed(inner, rest, value) }
}

type Fail = (mistake: string) => never

function failAt(source: Source, key: string): Fail {
  return mistake => {
    throw new UserError(`${source.keyPlace(['factors'], key)}: factor ${key} ${mistake}`)
  }
}

function levelsOf(key: string, given: readonly unknown[] | Record<string, unknown>, fail: Fail): Level[] {
  if (!Array.isArray(given)) {
    return Object.entries(given).map(([label, value]) => ({ label, value, at: ['factors', key, label] }))
  }
  const levels = given.map((value, i) => ({ label: labelOf(value, fail), value, at: ['factors', key, i] }))
  const labels = levels.map(({ label }) => label)
  const twin = labels.find((label, i) => labels.indexOf(label) < i)
  return twin === undefined ? levels : fail(`has the level ${twin} twice; must have each once`)
}

function labelOf(value: unknown, fail: Fail): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return fail(`has the level ${JSON.stringify(value)} without a name; must be a map of levels by their names`)
}

/** Numbers are places in lists. */
function pathOf(key: string): KeyPath {
  return key.split('.').map(part => (/^\d+$/.test(part) ? Number(part) : part))
}

/** Goes along the path as far as the scenario has it, and then as far as its schema does. */
function checkPath(input: unknown, path: KeyPath, fail: Fail): void {
  const [root] = path
  if (Object.hasOwn(REFUSED, root)) fail(`may not be varied: ${REFUSED[root]}`)
  for (const [depth, part] of path.entries()) {
    const above = path.slice(0, depth)
    const value = valueAt(input, above)
    if (Array.isArray(value)) checkPlace(value, above, part, fail)
    else if (!hasKey(value, part)) checkKey(input, above, part, fail)
  }
}

function hasKey(value: unknown, key: string | number): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
}

function checkPlace(list: readonly unknown[], above: KeyPath, part: string | number, fail: Fail): void {
  if (typeof part === 'number' && part < list.length) return
  fail(`names no key: ${dotted(above)} is a list, and ${part} is none of its places, 0 to ${list.length - 1}`)
}

function checkKey(input: unknown, above: KeyPath, part: string | number, fail: Fail): void {
  const { names, isOpen } = scenarioKeys(input, above)
  const key = String(part)
  if (isOpen || names.includes(key)) return
  const what = above.length === 0 ? 'a scenario' : dotted(above)
  fail(`names no key: ${what} has no key '${key}'; ${suggestion(key, names)}`)
}
