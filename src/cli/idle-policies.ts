import type { Measure } from '../arrivals/measure.ts'
import type { Composition } from '../routing/composition/contract.ts'
import { partNamed } from '../routing/composition/parts.ts'
import type { PolicyEntry, Trait } from '../routing/entry.ts'
import { policies } from '../routing/registry.ts'
import { type PolicyChoice, policyChoices, type Scenario } from '../scenario/schema.ts'

/** A policy, or a part of one, and what it acts on. */
interface Acting {
  readonly name: string
  readonly traits: readonly Trait[]
}

/**
 * A line for each policy of the scenario, and each part of one, that finds nothing to act on in the workload.
 *
 * @param isKept whether replicas keep prefixes
 */
export function idlePolicyLines(scenario: Scenario, isKept: boolean, measured: Measure): string[] {
  const found = traitsOf(measured, isKept)
  const idle = policyChoices(scenario.policies)
    .flatMap(actingOf)
    .filter(({ traits }) => traits.length > 0 && !traits.some(trait => found.has(trait)))
  const lines = idle.map(({ name, traits }) => `${name} acts on ${traits.join(' or ')}, and there are none`)
  return [...new Set(lines)]
}

function traitsOf({ turns, tenants, blockLists, deadlines }: Measure, isKept: boolean): Set<Trait> {
  const found = new Set<Trait>()
  if (turns > 0) found.add('sessions')
  if (tenants.length > 0) found.add('tenants')
  if (blockLists > 0) found.add('prefix blocks')
  if (blockLists > 0 && isKept) found.add('cached prefixes')
  if (deadlines > 0) found.add('deadlines')
  return found
}

function actingOf({ name, composition }: PolicyChoice): Acting[] {
  if (composition !== undefined) return partsOf(name, composition)
  const known: Readonly<Record<string, PolicyEntry>> = policies
  return Object.hasOwn(known, name) ? [{ name, traits: known[name].actsOn ?? [] }] : []
}

function partsOf(policy: string, { filters, scorers }: Composition): Acting[] {
  const parts = [
    ...filters.map(({ name }) => ({ name, entry: partNamed('filter', name) })),
    ...scorers.map(({ name }) => ({ name, entry: partNamed('scorer', name) })),
  ]
  return parts.map(({ name, entry }) => ({ name: `${name} of ${policy}`, traits: entry.actsOn ?? [] }))
}
