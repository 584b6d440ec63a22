import { UserError } from '../../core/errors.ts'
import { suggestion } from '../../core/nearest.ts'
import { resolveOptions } from '../../core/options.ts'
import type { Composition, Filter, PartChoice, PartEntry, Picker, Scorer } from './contract.ts'
import { filters } from './filters.ts'
import { pickers } from './pickers.ts'
import { scorers } from './scorers.ts'

/** What a registry's entry makes. */
export interface Made {
  readonly filter: Filter
  readonly scorer: Scorer
  readonly picker: Picker
}

/** What a part does in a composition. */
export type Role = keyof Made

const registries: { readonly [R in Role]: Readonly<Record<string, PartEntry<Made[R]>>> } = {
  filter: filters,
  scorer: scorers,
  picker: pickers,
}

/** The registry's entry of that name. Throws a UserError where there is none. */
export function partNamed<R extends Role>(role: R, name: string): PartEntry<Made[R]> {
  const registry = registries[role]
  if (Object.hasOwn(registry, name)) return registry[name]
  throw new UserError(`there is no ${role} '${name}'; ${suggestion(name, Object.keys(registry))}`)
}

/**
 * The part's options with defaults filled in. Throws a UserError where the part does not exist, an option is wrong or
 * missing, or labels are told to one that takes none or not told to one that does.
 */
export function resolvedOptions(
  role: Role,
  { name, options, labels = {} }: PartChoice,
): Record<string, number> {
  const entry = partNamed(role, name)
  const all = resolveOptions(name, entry.options, options)
  const missing = Object.keys(entry.options).find(option => !Object.hasOwn(all, option))
  if (missing !== undefined) throw new UserError(`${name}: option '${missing}' is missing; it must be given`)
  const isTold = Object.keys(labels).length > 0
  if (isTold && !entry.takesLabels) throw new UserError(`${name} has match_labels; it takes none`)
  if (!isTold && entry.takesLabels) throw new UserError(`${name} has no match_labels; it must have some`)
  return all
}

/** Throws a UserError at the first thing that is wrong with how the parts go together, each of which is right. */
export function checkComposition({ filters, scorers, picker, whenNone }: Composition): void {
  if (filters.length > 0 && whenNone === undefined) {
    throw new UserError(
      'when_none is missing; beside filters it must be reject, wait or ignore-filters: what becomes of a request that they leave no replica',
    )
  }
  const given = scorers.map(({ name, weight }) => `${name} ${weight}`).join(', ')
  if (scorers.some(({ weight }) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY))) {
    throw new UserError(`the weights are ${given}; they must be finite numbers >= 0`)
  }
  if (scorers.length > 0 && scorers.every(({ weight }) => weight === 0)) {
    throw new UserError(`the weights are ${given}; at least one must be > 0`)
  }
  if (!Number.isFinite(scorers.reduce((sum, { weight }) => sum + weight, 0))) {
    throw new UserError(`the weights are ${given}; their sum must be finite`)
  }
  const { ignoresScores } = partNamed('picker', picker.name)
  if (scorers.length === 0 && !ignoresScores) {
    throw new UserError(`there are no scorers; beside ${picker.name} there must be at least one`)
  }
  if (scorers.length > 0 && ignoresScores) {
    throw new UserError(
      `there are scorers; beside ${picker.name}, which asks for no score, there must be none`,
    )
  }
  if (filters.length === 0 && whenNone !== undefined) {
    throw new UserError(`when_none is ${whenNone}; without filters it must be left out`)
  }
}
