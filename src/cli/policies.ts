import type { Command } from 'commander'
import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
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
  regatta policies power-of-two
  regatta run mine.yaml --policy length-split:threshold_tokens=512`

export function addPoliciesCommand(program: Command): void {
  program
    .command('policies')
    .description(
      "list the routing policies, the parts to put others together from, the gateway's admissions, and the orders of a replica's queue, with their options",
    )
    .argument('[name]', 'what is called that alone')
    .addHelpText('after', EXAMPLES)
    .action((name?: string) => print(listText(name)))
}

type Row = readonly [name: string, about: string]

/** What is listed under one heading: by name, with a row for it and for each option. */
interface Section {
  readonly heading: Row
  readonly entries: readonly (readonly [name: string, rows: readonly Row[]])[]
}

/** All without a name. Throws a UserError where nothing is called that. */
function listText(name?: string): string {
  const sections = [policySection(), ...partSections(), admissionSection(), orderSection()]
  const shown = sections.flatMap(section => narrowed(section, name))
  if (shown.length > 0) return shown.map(sectionText).join('\n\n')
  const names = sections.flatMap(({ entries }) => entries.map(([known]) => known))
  throw new UserError(`no policy, part, admission or order is called '${name}'; ${suggestion(name!, names)}`)
}

/** None where the section lists nothing of the name. */
function narrowed({ heading, entries }: Section, name?: string): Section[] {
  const named = entries.filter(([known]) => name === undefined || known === name)
  return named.length === 0 ? [] : [{ heading, entries: named }]
}

function sectionText({ heading: [first, second], entries }: Section): string {
  const rows = entries.flatMap(([, rows]) => rows)
  return tableText([
    { heading: first, cells: rows.map(([name]) => name), align: 'left' },
    { heading: second, cells: rows.map(([, about]) => about), align: 'left' },
  ])
}

/** A section of a registry's entries. */
function sectionOf<E extends { readonly about: string }>(
  heading: Row,
  registry: Readonly<Record<string, E>>,
  optionsOf: (entry: E) => OptionSpecs,
): Section {
  const entries = Object.entries(registry).map(
    ([name, entry]) => [name, rowsOf(name, entry.about, optionsOf(entry))] as const,
  )
  return { heading, entries }
}

function policySection(): Section {
  return sectionOf<PolicyEntry>(['policy', 'sends a request to'], policies, ({ options, optionPerKind }) => ({
    ...options,
    ...(optionPerKind && { '<kind>': optionPerKind }),
  }))
}

/** A policy may also be put together in the scenario. */
function partSections(): Section[] {
  return [
    partsOf(['policies.filters', 'keeps replicas'], filters),
    partsOf(['policies.scorers', 'scores replicas from 0 to 1 by'], scorers),
    partsOf(['policies.picker', 'chooses'], pickers),
  ]
}

function partsOf(heading: Row, parts: Readonly<Record<string, PartEntry<unknown>>>): Section {
  const entries = Object.entries(parts).map(
    ([name, { about, options, takesLabels }]) =>
      [name, [...rowsOf(name, about, neededOf(options)), ...(takesLabels ? LABEL_ROWS : [])]] as const,
  )
  return { heading, entries }
}

const LABEL_ROWS: readonly Row[] = LABELS.map(label => [
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

function admissionSection(): Section {
  return sectionOf<AdmissionEntry>(['gateway.admission', 'lets in'], admissions, ({ options }) =>
    neededOf(options),
  )
}

function orderSection(): Section {
  const does = 'who goes first of those that wait at a replica, and is preempted last'
  return sectionOf<OrderEntry>(['batcher.order', does], orders, ({ options, optionPerClass }) => ({
    ...options,
    ...(optionPerClass && { '<class>': optionPerClass }),
  }))
}

function rowsOf(name: string, about: string, options: OptionSpecs): Row[] {
  const specs = Object.entries(options)
  return [[name, about], ...specs.map(([option, spec]): Row => [`  ${option}`, optionText(spec)])]
}

function optionText({ about, default: value, min, max }: OptionSpec): string {
  const bounds = [
    ...(value === undefined ? [] : [`default ${value}`]),
    ...(min === undefined ? [] : [`>= ${min}`]),
    ...(max === undefined ? [] : [`<= ${max}`]),
  ]
  return `  ${about} (${bounds.join(', ')})`
}
