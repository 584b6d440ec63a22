import { UserError } from '../core/errors.ts'
import { unfitToDecode } from '../routing/decoding.ts'
import { policyOptions } from '../routing/making.ts'
import { type PolicyEntry, policyNamed } from '../routing/registry.ts'
import type { Prepared } from './prepare.ts'
import type { Entrant } from './race.ts'

export function entryOf({ name, entry }: Entrant): PolicyEntry {
  return entry ?? policyNamed(name)
}

/** Its options, with defaults filled in. Throws a UserError where it has no such option, or one is out of bounds. */
export function optionsOf(entrant: Entrant, { kinds }: Prepared['fleet']): Record<string, number> {
  const names = kinds.map(({ name }) => name)
  return policyOptions(entrant.name, entryOf(entrant), entrant.options ?? {}, names)
}

/** Throws a UserError where it chooses who decodes, and may answer anything but a replica. */
export function checkDecoder(
  entrant: Entrant,
  options: Readonly<Record<string, number>>,
  { course: { handoff } }: Prepared,
): void {
  if (handoff === undefined || handoff.policy !== undefined) return
  const unfit = unfitToDecode(entryOf(entrant), options)
  if (unfit === undefined) return
  throw new UserError(
    `policy ${entrant.label} ${unfit}; it may not where it chooses who decodes, ` +
      'as the prompt is computed already: disaggregation.policy names another for that',
  )
}
