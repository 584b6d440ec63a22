import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { type Composition, LABELS, type Label, type PartChoice } from '../routing/composition/contract.ts'
import { checkComposition, type Role, resolvedOptions } from '../routing/composition/parts.ts'
import { dotted, type KeyPath, located, type Source } from './document.ts'

/** The values of every label in a fleet. */
export type FleetLabels = Readonly<Record<Label, readonly string[]>>

/** Throws a UserError at the first mistake in a composition, with its place: wrong options, labels that nobody has. */
export function checkParts(
  source: Source,
  path: KeyPath,
  composition: Composition,
  known: FleetLabels,
): void {
  const { filters, scorers, picker } = composition
  for (const [i, filter] of filters.entries()) {
    const place = [...path, 'filters', i]
    checkLabels(source, place, filter, known)
    checkPart(source, place, 'filter', filter)
  }
  for (const scorer of scorers) checkPart(source, [...path, 'scorers', scorer.name], 'scorer', scorer)
  checkPart(source, [...path, 'picker'], 'picker', picker)
  located(source, path, () => checkComposition(composition))
}

function checkPart(source: Source, path: KeyPath, role: Role, choice: PartChoice): void {
  located(source, path, () => resolvedOptions(role, choice))
}

function checkLabels(source: Source, path: KeyPath, { labels = {} }: PartChoice, known: FleetLabels): void {
  for (const label of LABELS) {
    const value = labels[label]
    if (value === undefined || known[label].includes(value)) continue
    const place = [...path, 'match_labels', label]
    const none = `no replica has that: ${suggestion(value, known[label])}`
    throw new UserError(`${source.place(place)}: ${dotted(place)} is "${value}"; ${none}`)
  }
}
