import { z } from 'zod'
import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { dotted, type KeyPath, type Source, valueAt } from './document.ts'

type Issue = z.core.$ZodIssue
type JsonSchema = z.core.JSONSchema.JSONSchema

/**
 * The input as the schema has it, defaults filled in. Throws a UserError with one line for each mistake: place,
 * key, value, bound, and the nearest known name.
 */
export function validated<S extends z.ZodType>(schema: S, source: Source): z.output<S> {
  const result = schema.safeParse(source.input)
  if (result.success) return result.data
  const known = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema
  const lines = flattened(result.error.issues, []).flatMap(issue => described(issue, source, known))
  throw new UserError(lines.join('\n'))
}

/** Of a value that fits none of several shapes, the mistakes against the shape that it resembles most. */
function flattened(issues: readonly Issue[], base: KeyPath): Issue[] {
  return issues.flatMap(issue => {
    const path = [...base, ...(issue.path as KeyPath)]
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path: [...path] }]
    return nearestShape(
      issue.errors.map(branch => flattened(branch, path)),
      path,
    )
  })
}

function nearestShape(shapes: readonly Issue[][], path: KeyPath): Issue[] {
  const least = Math.min(...shapes.map(shape => unlikeness(shape, path)))
  const tied = shapes.filter(shape => unlikeness(shape, path) === least)
  const [first] = tied
  const keys = tied.map(shape =>
    shape.length === 1 && isInvalidChild(shape[0], path) ? shape[0].path.at(-1) : undefined,
  )
  if (tied.length === 1 || keys.includes(undefined) || new Set(keys).size === 1) return first
  return [
    {
      code: 'custom',
      path: [...path],
      input: undefined,
      message: `must have ${keys.map(String).join(' or ')}`,
    },
  ]
}

function isInvalidChild(issue: Issue, path: KeyPath): boolean {
  return issue.code === 'invalid_type' && issue.path.length === path.length + 1
}

/** A wrong type at the top speaks most against a shape, then an unknown key, then any other mistake. */
function unlikeness(issues: readonly Issue[], path: KeyPath): number {
  return issues.reduce((sum, issue) => {
    const atTop = issue.path.length === path.length
    if (atTop && issue.code === 'invalid_type') return sum + 1000
    if (atTop && issue.code === 'unrecognized_keys') return sum + 10 * issue.keys.length
    return sum + 1
  }, 0)
}

function described(issue: Issue, source: Source, known: JsonSchema): string[] {
  const path = issue.path as KeyPath
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => {
      const names = suggestion(key, keysAt(known, path))
      return `${source.keyPlace(path, key)}: ${dotted(path) || 'the file'} has no key '${key}'; ${names}`
    })
  }
  const value = valueAt(source.input, path)
  const must = bound(issue)
  const name = dotted(path) || 'the file'
  const is = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`
  return [`${source.place(path)}: ${name} ${is}; ${must(value)}`]
}

/** What would have been right, as the second half of a sentence. */
function bound(issue: Issue): (value: unknown) => string {
  switch (issue.code) {
    case 'too_small':
      return () => sizeBound(issue.origin, issue.inclusive ? '>=' : '>', Number(issue.minimum))
    case 'too_big':
      return () => sizeBound(issue.origin, issue.inclusive ? '<=' : '<', Number(issue.maximum))
    case 'invalid_value':
      return value => oneOf(value, issue.values.map(String))
    case 'invalid_union':
      return value => oneOf(value, ('options' in issue ? (issue.options as string[]) : []).map(String))
    case 'invalid_type':
      return () => `must be ${TYPES[issue.expected] ?? issue.expected}`
    case 'invalid_key':
      return () => 'must be a known name'
    default:
      return () => issue.message
  }
}

const TYPES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
}

function sizeBound(origin: string, relation: string, limit: number): string {
  if (origin === 'array' || origin === 'string') {
    const what =
      origin === 'array' ? (limit === 1 ? 'entry' : 'entries') : limit === 1 ? 'character' : 'characters'
    return `must have ${relation} ${limit} ${what}`
  }
  return `must be ${relation} ${limit}`
}

function oneOf(value: unknown, names: readonly string[]): string {
  if (typeof value === 'string') return suggestion(value, names)
  return `must be one of ${names.join(', ')}`
}

/** Keys that a map at the path may have, in any of the shapes it may take. */
function keysAt(schema: JsonSchema, path: KeyPath): string[] {
  const shapes = path.reduce<JsonSchema[]>(
    (before, part) => before.flatMap(shape => inner(shape, part)),
    [schema],
  )
  return [...new Set(shapes.flatMap(branches).flatMap(keysOf))]
}

function keysOf(shape: JsonSchema): string[] {
  return Object.keys(shape.properties ?? (shape.propertyNames as JsonSchema | undefined)?.enum ?? {})
}

function inner(schema: JsonSchema, part: string | number): JsonSchema[] {
  const found = branches(schema).map(shape =>
    typeof part === 'number' ? shape.items : (shape.properties?.[part] ?? shape.additionalProperties),
  )
  return found.filter((shape): shape is JsonSchema => typeof shape === 'object' && !Array.isArray(shape))
}

function branches(schema: JsonSchema): JsonSchema[] {
  const choices = (schema.anyOf ?? schema.oneOf ?? []) as JsonSchema[]
  return choices.length === 0 ? [schema] : choices.flatMap(branches)
}
