import type { Highs } from 'highs'
import { UserError } from '../../core/errors.ts'
import { solve } from '../../core/linear-program.ts'
import { LIMITED } from './limits.ts'
import { ratingOf } from './programme-choices.ts'
import { type Model, programOf, type Restriction } from './programme-model.ts'

/** Bounds are told to four digits. */
const GAP = 1e-4
const SLACK = 1e-6

/** Restrictions that no fleet can keep to together, though it can without any one of them. */
export interface Conflict {
  readonly members: readonly Restriction[]
  /** The bounds nearest to its own to which each by itself would have to move. */
  readonly mends: readonly Mend[]
}

export interface Mend {
  readonly restriction: Restriction
  readonly bound: number
}

/**
 * What keeps every fleet from serving all requests: conflicts of which each must be mended. But for the last one, whose
 * mends do while all other restrictions are kept, a mend is what its own conflict asks for.
 */
export function conflictsOf(highs: Pick<Highs, 'solve'>, model: Model): Conflict[] {
  const conflicts: Conflict[] = []
  let kept = model.restrictions
  while (kept.length > 0 && !isFeasible(highs, model, kept)) {
    const members = irreducible(highs, model, kept)
    if (members.length === 0) throw new Error('the solver finds no fleet even where there are no limits')
    const mends = mendsOf(highs, model, members, kept)
    if (mends.length > 0) return [...conflicts, { members, mends }]
    conflicts.push({ members, mends: mendsOf(highs, model, members, members) })
    kept = kept.filter(restriction => restriction !== members[0])
  }
  return conflicts
}

/** No fleet keeps to all limits: says which of them contradict one another, and to what each would have to move. */
export function shortfallError(highs: Pick<Highs, 'solve'>, model: Model): UserError {
  const conflicts = conflictsOf(highs, model).map(conflict => conflictText(model, conflict))
  const why =
    conflicts.length > 0 ? conflicts.join('; moreover ') : 'they are too tight by less than a millionth'
  return new UserError(`plan: no fleet serves all requests within the limits: ${why}${leftOutText(model)}`)
}

/** The error of a class that nothing can serve; undefined where there is none. */
export function unservedError(model: Model): UserError | undefined {
  const { choices, demands } = model.programme
  const unserved = model.classes.filter(id => model.used.every(k => ratingOf(choices[k], id) === undefined))
  if (unserved.length === 0) return undefined
  const names = unserved.map(id => `class "${demands[id].name}"`).join(', ')
  return new UserError(`plan: ${names}: no choice meets its SLO${leftOutText(model)}`)
}

/** By deletion: what can be spared is, later ones first. */
function irreducible(
  highs: Pick<Highs, 'solve'>,
  model: Model,
  all: readonly Restriction[],
): readonly Restriction[] {
  return all.reduceRight<readonly Restriction[]>((left, restriction) => {
    const without = left.filter(other => other !== restriction)
    return isFeasible(highs, model, without) ? left : without
  }, all)
}

function isFeasible(
  highs: Pick<Highs, 'solve'>,
  model: Model,
  restrictions: readonly Restriction[],
): boolean {
  const solution = solve(highs, programOf(model, 'Minimize', [], restrictions))
  if (solution === 'undecided') throw new Error('the solver cannot tell which limits contradict one another')
  return solution !== 'infeasible'
}

/** Those of the members that do by themselves while the others that are kept hold. */
function mendsOf(
  highs: Pick<Highs, 'solve'>,
  model: Model,
  members: readonly Restriction[],
  kept: readonly Restriction[],
): Mend[] {
  return members.flatMap(restriction => {
    const others = kept.filter(other => other !== restriction)
    const goal = restriction.relation === '<=' ? 'Minimize' : 'Maximize'
    const solution = solve(highs, programOf(model, goal, restriction.terms, others), { gap: GAP })
    if (typeof solution === 'string') return []
    const bound = restriction.terms.reduce((sum, [of, each]) => sum + each * solution.valueOf(of), 0)
    return [{ restriction, bound }]
  })
}

/** How each limit is called, and its unit. */
const NAMES: Readonly<Record<Extract<Restriction['of'], string>, readonly [name: string, unit: string]>> = {
  usdPerHour: ['budget', ' $/h'],
  capexUsd: ['capital', ' $'],
  rackKw: ['rack power', ' kW'],
  rackUnits: ['rack units', ''],
  nodes: ['nodes', ''],
  gpuShare: ['GPU share', ''],
}

function conflictText(model: Model, { members, mends }: Conflict): string {
  const told = members.map(
    restriction => `${nameOf(restriction)} ${valueText(restriction, restriction.bound)}`,
  )
  if (members.length === 1) return `${told[0]}: ${mendText(mends[0])}${beneathOneNode(model, members[0])}`
  const ways = mends.map(mend => `${nameOf(mend.restriction)}: ${mendText(mend)}`)
  return `${listOf(told)} contradict one another; if one alone moves, ${ways.join(', or ')}`
}

function mendText({ restriction, bound }: Mend): string {
  const end = restriction.relation === '<=' ? 'least' : 'most'
  return `the ${end} is ${valueText(restriction, inside(restriction, bound))}`
}

/** Where the limit is below what a single node takes: the class whose cheapest node takes most. */
function beneathOneNode({ programme, used, classes }: Model, { of, bound }: Restriction): string {
  if (typeof of !== 'string' || of === 'gpuShare' || of === 'nodes') return ''
  if (of === 'capexUsd' && programme.stock !== undefined) return ''
  const { choices, demands } = programme
  const cheapest = classes.map(id =>
    used
      .filter(k => ratingOf(choices[k], id) !== undefined)
      .map(k => ({ id, name: choices[k].name, takes: LIMITED[of].ofNode(choices[k]) }))
      .reduce((least, one) => (one.takes < least.takes ? one : least)),
  )
  const { id, name, takes } = cheapest.reduce((most, one) => (one.takes > most.takes ? one : most))
  if (takes <= bound) return ''
  const unit = NAMES[of][1]
  return ` (below one node: the cheapest that serves class "${demands[id].name}" is ${name} at ${rounded(takes, Math.ceil)}${unit})`
}

/** Why there might seem to be choices that there are not. */
function leftOutText({ leftOut }: Model): string {
  if (leftOut.length === 0) return ''
  return `; left out: ${leftOut.map(({ name, why }) => `${name}, ${why}`).join('; ')}`
}

function nameOf({ of }: Restriction): string {
  return typeof of === 'string' ? NAMES[of][0] : `${of.node} to be had`
}

function valueText({ of }: Restriction, value: number): string {
  return `${value}${typeof of === 'string' ? NAMES[of][1] : ''}`
}

/** Rounded to that side on which a fleet keeps to it. */
function inside({ relation }: Restriction, bound: number): number {
  return rounded(bound, relation === '<=' ? Math.ceil : Math.floor)
}

/** To four digits; what is beyond them by a millionth at most is the solver's. */
function rounded(value: number, round: typeof Math.ceil): number {
  if (Math.abs(value) < SLACK) return 0
  const unit = Number(`1e${Math.floor(Math.log10(Math.abs(value))) - 3}`)
  const nearest = Math.round(value / unit)
  const whole = Math.abs(value / unit - nearest) < SLACK * nearest ? nearest : round(value / unit)
  return Number((whole * unit).toPrecision(4))
}

function listOf(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
