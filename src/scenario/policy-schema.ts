import { z } from 'zod'
import { suggestion } from '../core/nearest.ts'
import type { OptionSpecs } from '../core/options.ts'
import { type Composition, LABELS, type Labels, WHEN_NONE } from '../routing/composition/contract.ts'
import { type FilterName, filters } from '../routing/composition/filters.ts'
import { type PickerName, pickers } from '../routing/composition/pickers.ts'
import { type ScorerName, scorers } from '../routing/composition/scorers.ts'
import { policies, policyNamed } from '../routing/registry.ts'

const weight = () => z.number().min(0)
const filterName = z.enum(Object.keys(filters) as FilterName[])
const pickerName = z.enum(Object.keys(pickers) as PickerName[])

const filter = z.union([
  filterName,
  z
    .object({
      name: filterName,
      match_labels: z
        .partialRecord(z.enum(LABELS), z.string())
        .optional()
        .describe('Replicas that have all of these labels'),
    })
    .catchall(z.number())
    .describe('A filter with its options'),
])

const scorer = z.union([
  weight(),
  z.object({ weight: weight() }).catchall(z.number()).describe('Its weight and its options'),
])

const composition = z
  .strictObject({
    name: z.string().min(1).describe('What results call it'),
    filters: z
      .array(filter)
      .optional()
      .describe('Who takes replicas out, one after the other: names, or names with options'),
    scorers: z
      .partialRecord(z.enum(Object.keys(scorers) as ScorerName[]), scorer)
      .optional()
      .describe('Weights by the names of scorers'),
    picker: z
      .union([
        pickerName,
        z.object({ name: pickerName }).catchall(z.number()).describe('A picker with its options'),
      ])
      .optional()
      .describe('Who chooses by the scores; by default max-score-picker'),
    when_none: z
      .enum(WHEN_NONE)
      .optional()
      .describe('What becomes of a request for which the filters leave no replica; needed beside filters'),
  })
  .refine(({ filters, scorers, picker }) => filters ?? scorers ?? picker, 'must have scorers or picker')
  .transform(({ picker = 'max-score-picker' as const, ...parts }) => ({ ...parts, picker }))
  .describe('A policy put together from filters, scorers and a picker')

const withOptions = z
  .object({ name: z.string() })
  .catchall(z.number())
  .superRefine(nameOptions, { when: () => true })
  .describe('A policy with its options')

/** Says of a text or the like under a key that is no option of the policy that there is no such option. */
function nameOptions({ name }: { readonly name: string }, { issues }: z.RefinementCtx): void {
  if (!Object.hasOwn(policies, name)) return
  const { options, optionPerKind } = policyNamed(name)
  if (options === undefined || optionPerKind !== undefined) return
  for (const [i, { path = [], input }] of issues.entries()) {
    const [key] = path
    if (typeof key !== 'string' || isOption(key, options) || typeof input === 'object') continue
    const message = `${name} has no option '${key}'; ${suggestion(key, Object.keys(options))}`
    issues[i] = { code: 'custom', path: [...path], input, message }
  }
}

function isOption(key: string, options: OptionSpecs): boolean {
  return key === 'name' || Object.hasOwn(options, key)
}

/** A policy as scenarios name it. */
export const policySchema = z.union([z.string(), composition, withOptions])

type CompositionSpec = z.output<typeof composition>

/** A policy with options, or with parts. */
export type NamedPolicy = { readonly name: string } & Readonly<Record<string, unknown>>

/** Whether a policy is put together, and not a name with options: those are numbers. */
export function isComposition(policy: NamedPolicy): policy is CompositionSpec {
  return 'picker' in policy && typeof policy.picker !== 'number'
}

export function compositionOf({
  filters = [],
  scorers = {},
  picker,
  when_none,
}: CompositionSpec): Composition {
  return {
    filters: filters.map(partOf),
    scorers: Object.entries(scorers).map(([name, given]) => scorerOf(name, given)),
    picker: partOf(picker),
    ...(when_none === undefined ? {} : { whenNone: when_none }),
  }
}

type Options = Readonly<Record<string, number>>

function partOf(part: string | { readonly name: string; readonly match_labels?: Labels | undefined }) {
  if (typeof part === 'string') return { name: part, options: {} }
  const { name, match_labels: labels, ...options } = part
  return { name, options: options as Options, ...(labels === undefined ? {} : { labels }) }
}

function scorerOf(name: string, given: number | { readonly weight: number }) {
  if (typeof given === 'number') return { name, weight: given, options: {} }
  const { weight, ...options } = given
  return { name, weight, options: options as Options }
}
