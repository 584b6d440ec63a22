import { z } from 'zod'
import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import {
  deviceSchema,
  engineSchema,
  modelSchema,
  nodeSchema,
  ownerSchema,
  pricesSchema,
  regionSchema,
  taskSchema,
} from './catalogue-schema.ts'
import { dotted, type KeyPath, partOf, readJson, type Source } from './document.ts'
import type { Catalogue, Fact } from './facts.ts'
import { validated } from './validate.ts'

/** The catalogue's folders and what an entry of each looks like. */
export const CATALOGUE_SCHEMAS = {
  devices: deviceSchema,
  nodes: nodeSchema,
  models: modelSchema,
  tasks: taskSchema,
  engines: engineSchema,
  regions: regionSchema,
  prices: pricesSchema,
  owners: ownerSchema,
} as const satisfies Record<keyof Catalogue, z.ZodType>

export type CatalogueKind = keyof typeof CATALOGUE_SCHEMAS
export const CATALOGUE_KINDS = Object.keys(CATALOGUE_SCHEMAS) as CatalogueKind[]

/** The text of one catalogue file. */
export interface CatalogueFile {
  /** What its one entry is; absent where it holds lists of entries by kind, `{ "devices": [...], "nodes": [...] }`. */
  readonly kind?: CatalogueKind
  readonly file: string
  readonly text: string
}

interface ReadEntry {
  readonly kind: CatalogueKind
  readonly source: Source
}

/** The catalogue that the files make up; a later file takes the place of an earlier one of the same kind and id. */
export function catalogueFrom(files: Iterable<CatalogueFile>): Catalogue {
  const catalogue = {
    devices: new Map(),
    nodes: new Map(),
    models: new Map(),
    tasks: new Map(),
    engines: new Map(),
    regions: new Map(),
    prices: new Map(),
    owners: new Map(),
  }
  const read = [...files].flatMap(entriesOf)
  for (const { kind, source } of read) {
    const value = validated<z.ZodType<{ id: string; sources: Record<string, string> }>>(
      CATALOGUE_SCHEMAS[kind],
      source,
    )
    checkFacts(source, value.sources)
    catalogue[kind].set(value.id, value)
  }
  for (const { kind, source } of read) checkReferences(catalogue, kind, source)
  return catalogue
}

function entriesOf({ kind, file, text }: CatalogueFile): ReadEntry[] {
  const source = readJson(text, file)
  if (kind !== undefined) return [{ kind, source }]
  checkKinds(source, file)
  const lists = validated(listsSchema, source)
  return CATALOGUE_KINDS.flatMap(kind =>
    (lists[kind] ?? []).map((_, index) => ({ kind, source: partOf(source, [kind, index]) })),
  )
}

const list = z.array(z.unknown()).exactOptional()
const lists = {
  ...{ devices: list, nodes: list, models: list, tasks: list, engines: list, regions: list },
  ...{ prices: list, owners: list },
}
const listsSchema = z.strictObject(lists satisfies Record<CatalogueKind, z.ZodType>)

/** Says what such a file looks like where it looks like none. */
function checkKinds({ input }: Source, file: string): void {
  const keys = typeof input === 'object' && input !== null ? Object.keys(input) : []
  const isEntry = keys.includes('id')
  if (!isEntry && CATALOGUE_KINDS.some(kind => keys.includes(kind))) return
  throw new UserError(`${file}: must have a list of entries under ${CATALOGUE_KINDS.join(' or ')}`)
}

/** The entry of that id. Throws a UserError that says what is nearest. */
export function entryOf<K extends CatalogueKind>(
  catalogue: Catalogue,
  kind: K,
  id: string,
  where: string,
): Catalogue[K] extends ReadonlyMap<string, infer Entry> ? Entry : never {
  const entries: ReadonlyMap<string, unknown> = catalogue[kind]
  const entry = entries.get(id)
  if (entry === undefined) {
    const what = kind.slice(0, -1)
    throw new UserError(
      `${where} is "${id}"; no ${what} is called that: ${suggestion(id, [...entries.keys()])}`,
    )
  }
  return entry as Catalogue[K] extends ReadonlyMap<string, infer Entry> ? Entry : never
}

/** Every fact in a file, with its path. */
export function* factsIn(value: unknown, path: KeyPath = []): Generator<[KeyPath, Fact]> {
  if (typeof value !== 'object' || value === null) return
  if ('value' in value && 'grade' in value) yield [path, value as Fact]
  else for (const [key, inner] of Object.entries(value)) yield* factsIn(inner, [...path, key])
}

function checkFacts(source: Source, sources: Readonly<Record<string, string>>): void {
  for (const [path, fact] of factsIn(source.input)) {
    if (!Object.hasOwn(sources, fact.source)) {
      const where = `${source.place([...path, 'source'])}: ${dotted([...path, 'source'])}`
      throw new UserError(`${where} is "${fact.source}"; ${suggestion(fact.source, Object.keys(sources))}`)
    }
    const { low = fact.value, high = fact.value, value } = fact
    if (low > value || value > high) {
      const where = `${source.place([...path, 'value'])}: ${dotted([...path, 'value'])}`
      throw new UserError(`${where} is ${value}; must be from low, ${low}, to high, ${high}`)
    }
  }
}

/** Ids that an entry names must be in the catalogue. */
function checkReferences(catalogue: Catalogue, kind: CatalogueKind, source: Source): void {
  const entry = source.input as Record<string, unknown>
  const check = (kind: CatalogueKind, id: string, where: () => string) => {
    if (!catalogue[kind].has(id)) entryOf(catalogue, kind, id, where())
  }
  if (kind === 'nodes' || kind === 'prices')
    check('devices', String(entry.device), () => `${source.place(['device'])}: device`)
  if (kind === 'devices') {
    for (const [i, id] of (entry.engines as string[]).entries()) {
      check('engines', id, () => `${source.place(['engines', i])}: engines[${i}]`)
    }
  }
  if (kind === 'engines') {
    for (const id of Object.keys((entry.onDevice as object | undefined) ?? {})) {
      check('devices', id, () => `${source.keyPlace(['onDevice'], id)}: onDevice key`)
    }
  }
}
