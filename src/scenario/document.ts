import { isMap, isNode, LineCounter, parseDocument, type Document as YamlDocument } from 'yaml'
import { UserError } from '../core/errors.ts'

/** Keys and indices from the root of a file to one of its values. */
export type KeyPath = readonly (string | number)[]

/** Plain data with the places it was read from. */
export interface Source {
  readonly input: unknown
  /** `file:line:column` of the value at the path, or of the nearest enclosing value that was written down. */
  readonly place: (path: KeyPath) => string
  /** The same of a key in the map at the path. */
  readonly keyPlace: (path: KeyPath, key: string) => string
}

/** Reads YAML, of which JSON is a part. Throws a UserError that names the place of a syntax error. */
export function readYaml(text: string, file: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const [error] = document.errors
  if (error !== undefined) throw new UserError(`${at(error.pos[0])}: ${error.message.split(' at line ')[0]}`)
  return {
    input: document.toJS(),
    place: path => at(offsetOf(document, path)),
    keyPlace: (path, key) => at(keyOffset(document, path, key) ?? offsetOf(document, path)),
  }
}

/** Reads JSON, and reads it again as YAML only to say where a mistake is. Throws as `readYaml` does. */
export function readJson(text: string, file: string): Source {
  const input = parsedJson(text)
  if (input === undefined) return readYaml(text, file)
  let places: Source | undefined
  const located = () => {
    places ??= readYaml(text, file)
    return places
  }
  return {
    input,
    place: path => located().place(path),
    keyPlace: (path, key) => located().keyPlace(path, key),
  }
}

/** Undefined where a stricter reader must say what is wrong: on a syntax error or a key written twice. */
function parsedJson(text: string): unknown {
  try {
    const input: unknown = JSON.parse(text)
    return keysWritten(text) === keysIn(input) ? input : undefined
  } catch {
    return undefined
  }
}

const STRING_OR_KEY = /"(?:[^"\\]|\\.)*"(\s*:)?/g

function keysWritten(text: string): number {
  let keys = 0
  for (const [, colon] of text.matchAll(STRING_OR_KEY)) if (colon !== undefined) keys += 1
  return keys
}

function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inner = Object.values(value).reduce<number>((sum, each) => sum + keysIn(each), 0)
  return Array.isArray(value) ? inner : inner + Object.keys(value).length
}

/** The part of a source at the path, as a source of its own. */
export function partOf(source: Source, path: KeyPath): Source {
  return {
    input: valueAt(source.input, path),
    place: inner => source.place([...path, ...inner]),
    keyPlace: (inner, key) => source.keyPlace([...path, ...inner], key),
  }
}

/** Data that was made in code. */
export function sourceOf(input: unknown, name: string): Source {
  return { input, place: () => name, keyPlace: () => name }
}

/** Runs the work; a UserError of it gets the place and the key in front. */
export function located<T>(source: Source, path: KeyPath, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(`${source.place(path)}: ${dotted(path)}: ${error.message}`, { cause: error })
  }
}

function offsetOf(document: YamlDocument, path: KeyPath): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return document.contents?.range?.[0] ?? 0
}

function keyOffset(document: YamlDocument, path: KeyPath, key: string): number | undefined {
  const map = path.length === 0 ? document.contents : document.getIn(path, true)
  if (!isMap(map)) return undefined
  const name = map.items.map(pair => pair.key).find(node => isNode(node) && node.toJSON() === key)
  return isNode(name) ? name.range?.[0] : undefined
}

/** `fleet[0].batcher.name` */
export function dotted(path: KeyPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** The value at the path; undefined where there is none. */
export function valueAt(input: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<string | number, unknown>)?.[part], input)
}
