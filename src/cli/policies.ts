import type { Command } from 'commander'
import type { OptionSpec, OptionSpecs } from '../core/options.ts'
import { type AdmissionEntry, admissions } from '../gateway/admission/registry.ts'
import { type OrderEntry, orders } from '../ordering/registry.ts'
import { LABELS, type PartEntry } from '../routing/composition/contract.ts'
import { filters } from '../routing/composition/filters.ts'
import { pickers } from '../routing/composition/pickers.ts'
import { scorers } from '../routing/composition/scorers.ts'
import { type PolicyEntry, policies } from '../routing/registry.ts'
import { print, tableText } from './print.ts'

const EXAMPLES = `
Examples:
  regatta policies
  regatta run mine.yaml --policy length-split:threshold_tokens=512`

export function addPoliciesCommand(program: Command): void {
  program
    .command('policies')
    .description(
      "list the routing policies, the parts to put others together from, the gateway's admissions, and the orders of a replica's queue, with their options",
    )
    .addHelpText('after', EXAMPLES)
    .action(() => print([policiesText(), partsText(), admissionsText(), ordersText()].join('\n\n')))
}

function policiesText(): string {
  const rows = Object.entries<PolicyEntry>(policies).flatMap(([name, { about, options, optionPerKind }]) =>
    rowsOf(name, about, { ...options, ...(optionPerKind && { '<kind>': optionPerKind }) }),
  )
  return twoColumns('policy', 'sends a request to', rows)
}

/** A policy may also be put together in the scenario. */
function partsText(): string {
  return [
    partsOf('policies.filters', 'keeps replicas', filters),
    partsOf('policies.scorers', 'scores replicas from 0 to 1 by', scorers),
    partsOf('policies.picker', 'chooses', pickers),
  ].join('\n\n')
}

function partsOf(key: string, does: string, parts: Readonly<Record<string, PartEntry<unknown>>>): string {
  const rows = Object.entries(parts).flatMap(([name, { about, options, takesLabels }]) => [
    ...rowsOf(name, about, neededOf(options)),
    ...(takesLabels ? LABEL_ROWS : []),
  ])
  return twoColumns(key, does, rows)
}

const LABEL_ROWS: [string, string][] = LABELS.map(label => [
  `  match_labels.${label}`,
  '  one that replicas must have',
])

/** Options of parts and admissions that have no default must be given. */
function neededOf(options: OptionSpecs): OptionSpecs {
  return Object.fromEntries(
    Object.entries(options).map(([option, spec]) => [
      option,
      spec.default === undefined ? { ...spec, about: `${spec.about}; must be given` } : spec,
    ]),
  )
}

function admissionsText(): string {
  const rows = Object.entries<AdmissionEntry>(admissions).flatMap(([name, { about, options }]) =>
    rowsOf(name, about, neededOf(options)),
  )
  return twoColumns('gateway.admission', 'lets in', rows)
}

function ordersText(): string {
  const rows = Object.entries<OrderEntry>(orders).flatMap(([name, { about, options, optionPerClass }]) =>
    rowsOf(name, about, { ...options, ...(optionPerClass && { '<class>': optionPerClass }) }),
  )
  return twoColumns(
    'batcher.order',
    'who goes first of those that wait at a replica, and is preempted last',
    rows,
  )
}

function twoColumns(first: string, second: string, rows: readonly (readonly [string, string])[]): string {
  return tableText([
    { heading: first, cells: rows.map(([name]) => name), align: 'left' },
    { heading: second, cells: rows.map(([, about]) => about), align: 'left' },
  ])
}

function rowsOf(name: string, about: string, options: OptionSpecs): [string, string][] {
  const specs = Object.entries(options)
  return [
    [name, about],
    ...specs.map(([option, spec]): [string, string] => [`  ${option}`, optionText(spec)]),
  ]
}

function optionText({ about, default: value, min, max }: OptionSpec): string {
  const bounds = [
    ...(value === undefined ? [] : [`default ${value}`]),
    ...(min === undefined ? [] : [`>= ${min}`]),
    ...(max === undefined ? [] : [`<= ${max}`]),
  ]
  return `  ${about} (${bounds.join(', ')})`
}
