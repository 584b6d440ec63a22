import { UserError } from '../../core/errors.ts'
import type { KeyPath, Source } from '../../scenario/document.ts'
import type { Device, NodeKind } from '../../scenario/facts.ts'
import type { Candidate, PlanSpec } from './plan-schema.ts'

/** A kind of node and one way to use it. */
export interface Option {
  readonly name: string
  /** Index of the candidate that it is of. */
  readonly candidate: number
  readonly node: NodeKind
  readonly device: Device
  /** That it serves; undefined where the plan is of a task. */
  readonly model: string | undefined
  /** The pool of a scenario but for its name and its number of nodes. */
  readonly pool: Readonly<Record<string, unknown>>
}

/** Keys of a candidate that are the plan's, not the pool's. */
const OWN_KEYS = ['name', 'model', 'most', 'from', 'rack_units', 'tariff', 'replica']

/** What a candidate may list several of, each a way to use it. */
const WAYS = ['tp', 'weights', 'kv'] as const
type Way = Readonly<Partial<Record<(typeof WAYS)[number], unknown>>>

/**
 * Every way to use the candidate's node, in order.
 *
 * @param kindOf the node and its device, from the catalogue
 */
export function optionsOf(
  spec: PlanSpec,
  candidate: number,
  kindOf: (node: string) => { readonly node: NodeKind; readonly device: Device },
): Option[] {
  const given = spec.candidates[candidate]
  const models = listed(given.model ?? spec.model)
  const kind = kindOf(given.node)
  const deployed = Object.fromEntries(Object.entries(given).filter(([key]) => !OWN_KEYS.includes(key)))
  return models.flatMap(model =>
    waysOf(given).map(way => ({
      name: nameOf(given, way, listed(spec.model).length > 1 ? model : undefined),
      candidate,
      ...kind,
      model,
      pool: {
        ...deployed,
        ...(model !== undefined && { model }),
        ...(given.replica !== undefined && { replica: { ...given.replica, ...way } }),
      },
    })),
  )
}

/** Throws a UserError where two options have one name. */
export function checkNames(source: Source, options: readonly Option[]): void {
  const seen = new Map<string, Option>()
  for (const option of options) {
    const before = seen.get(option.name)
    if (before !== undefined) {
      const path: KeyPath = ['candidates', option.candidate]
      throw new UserError(
        `${source.place(path)}: candidates[${option.candidate}] makes "${option.name}", as candidates[${before.candidate}] does; give it a name of its own`,
      )
    }
    seen.set(option.name, option)
  }
}

function waysOf({ replica = {} }: Candidate): Way[] {
  let ways: Way[] = [{}]
  for (const key of WAYS) {
    const values = listed(replica[key])
    if (replica[key] !== undefined)
      ways = ways.flatMap(way => values.map(value => ({ ...way, [key]: value })))
  }
  return ways
}

/** With what it lists several of: `aws-p5.48xlarge tp4 fp8`. */
function nameOf({ name, node, replica = {} }: Candidate, way: Way, model: string | undefined): string {
  const told = WAYS.filter(key => Array.isArray(replica[key]) && replica[key].length > 1)
  const words = told.map(key => (key === 'weights' ? String(way[key]) : `${key}${way[key]}`))
  return [name ?? node, ...(model === undefined ? [] : [model]), ...words].join(' ')
}

function listed<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T]
}
