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
  const result = schema.safeParse(source.input, { reportInput: true })
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
  const choices = lackingChildren(shapes, path) ?? lackingChildren(tied, path)
  if (choices === undefined) return tied[0]
  const or = choices.some(keys => keys.length > 1) ? ', or ' : ' or '
  const message = `must have ${choices.map(keys => keys.join(' and ')).join(or)}`
  return [{ code: 'custom', path: [...path], input: undefined, message }]
}

/** What every shape lacks, where that is all that speaks against each and no two lack the same key; else undefined. */
function lackingChildren(shapes: readonly Issue[][], path: KeyPath): string[][] | undefined {
  const issues = shapes.flat()
  const keys = new Set(issues.map(issue => issue.path.at(-1)))
  if (shapes.length === 1 || keys.size < issues.length) return undefined
  if (!issues.every(issue => isInvalidChild(issue, path))) return undefined
  return shapes.map(shape => shape.map(issue => String(issue.path.at(-1))))
}

function isInvalidChild(issue: Issue, path: KeyPath): boolean {
  return issue.code === 'invalid_type' && issue.path.length === path.length + 1
}

/**
 * A wrong type at the top speaks most against a shape, then a map or list in place of a plain value, then an unknown
 * key, then any other mistake.
 */
function unlikeness(issues: readonly Issue[], path: KeyPath): number {
  return issues.reduce((sum, issue) => {
    const atTop = issue.path.length === path.length
    if (atTop && issue.code === 'invalid_type') return sum + 1000
    if (atTop && issue.code === 'unrecognized_keys') return sum + 10 * issue.keys.length
    return sum + (isMisplaced(issue) ? 100 : 1)
  }, 0)
}

/** A map or a list where a plain value belongs. */
function isMisplaced({ code, input }: Issue): boolean {
  return /^invalid_(type|value)$/.test(code) && typeof input === 'object' && input !== null
}

function described(issue: Issue, source: Source, known: JsonSchema): string[] {
  const path = issue.path as KeyPath
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => `${source.keyPlace(path, key)}: ${unknownKey(key, path, source, known)}`)
  }
  const value = valueAt(source.input, path)
  const must = bound(issue)
  const name = dotted(path) || 'the file'
  const is = value === undefined ? 'is missing' : `is ${textOf(value)}`
  const has = issue.code === 'custom' && is.length > SHORT_TEXT && isMap(value)
  return [
    `${source.place(path)}: ${name} ${has ? `has ${Object.keys(value).join(', ')}` : is}; ${must(value)}`,
  ]
}

/** NaN and the infinities. */
function isUnbounded(value: unknown): boolean {
  return typeof value === 'number' && !Number.isFinite(value)
}

/** As JSON, but for numbers that it has no words for. */
function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return JSON.stringify(value)
}

/** Of larger maps that have the wrong keys, the keys are named alone. */
const SHORT_TEXT = 60

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A key that another shape of the map has does not go with what tells the shapes apart. */
function unknownKey(key: string, path: KeyPath, source: Source, known: JsonSchema): string {
  const name = dotted(path) || 'the file'
  const shapes = shapesAt(known, path).map(keysOf)
  const names = [...new Set(shapes.flat())]
  if (!names.includes(key)) return `${name} has no key '${key}'; ${suggestion(key, names)}`
  const own = shapes.filter(shape => shape.includes(key)).flat()
  const given = Object.keys(valueAt(source.input, path) as object)
  const others = given.filter(other => names.includes(other) && !own.includes(other))
  return `${name} has ${key}; must be left out beside ${others.join(' and ')}`
}

/** What would have been right, as the second half of a sentence. */
function bound(issue: Issue): (value: unknown) => string {
  if (isOwn(issue)) return () => issue.message
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
      return value =>
        `must be ${isUnbounded(value) ? 'a finite number' : (TYPES[issue.expected] ?? issue.expected)}`
    case 'invalid_key':
      return () => 'must be a known name'
    default:
      return () => issue.message
  }
}

/** Whether the schema has words of its own for the mistake. */
function isOwn({ message }: Issue): boolean {
  return !/^(Invalid|Too|Unrecognized)/.test(message)
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

/** Which of the names a value must be, as the second half of a sentence. */
export function oneOf(value: unknown, names: readonly string[]): string {
  if (typeof value === 'string') return suggestion(value, names)
  return `must be one of ${names.join(', ')}`
}

/** Keys that a map at a path may have; any, where the schema leaves them open. */
export interface KnownKeys {
  readonly names: readonly string[]
  readonly isOpen: boolean
}

/** Of the map at the path, of whatever shape. */
export function knownKeys(schema: z.ZodType, path: KeyPath): KnownKeys {
  const shapes = shapesAt(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, path)
  const isOpen = shapes.some(({ additionalProperties = false }) => additionalProperties !== false)
  return { names: [...new Set(shapes.flatMap(keysOf))], isOpen }
}

/** The shapes that a map at the path may take. */
function shapesAt(schema: JsonSchema, path: KeyPath): JsonSchema[] {
  const shapes = path.reduce<JsonSchema[]>(
    (before, part) => before.flatMap(shape => inner(shape, part)),
    [schema],
  )
  return shapes.flatMap(branches)
}

function keysOf(shape: JsonSchema): string[] {
  if (shape.properties !== undefined) return Object.keys(shape.properties)
  const names = (shape.propertyNames as JsonSchema | undefined)?.enum ?? []
  return names.map(String)
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
