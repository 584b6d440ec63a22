import { dotted } from '../scenario/document.ts'
import { CATALOGUE_KINDS, type CatalogueKind, factsIn } from '../scenario/entries.ts'
import type { Catalogue } from '../scenario/facts.ts'
import type { Entry } from './catalogue-columns.ts'
import { colours, facts, tableText, wrapped } from './print.ts'

export interface FoundEntry {
  readonly kind: CatalogueKind
  readonly entry: Entry
}

/** Entries that have the name as their id, or else as what measurements call them. */
export function entriesNamed(catalogue: Catalogue, name: string): FoundEntry[] {
  const all = allEntries(catalogue)
  const byId = all.filter(({ entry }) => entry.id === name)
  return byId.length > 0 ? byId : all.filter(({ entry }) => otherNames(entry).includes(name))
}

export function allEntries(catalogue: Catalogue): FoundEntry[] {
  return CATALOGUE_KINDS.flatMap(kind =>
    [...catalogue[kind].values()].map((entry: Entry) => ({ kind, entry })),
  )
}

export function otherNames(entry: Entry): readonly string[] {
  return 'knownAs' in entry ? (entry.knownAs ?? []) : []
}

/** One entry: what it is, every fact of it with range, grade and source, and the sources. */
export function entryText({ kind, entry }: FoundEntry, catalogue: Catalogue): string {
  const title = `${colours.bold(entry.id)}: ${kind.slice(0, -1)}`
  const plain = [...plainLines(entry), ...priceLines(entry), ...usedBy(kind, entry.id, catalogue)]
  const sources = Object.entries(entry.sources).map(([key, text]) => wrapped(`${colours.bold(key)}: ${text}`))
  return [`${title}\n${facts(plain)}`, ...factTable(entry), `Sources\n${sources.join('\n')}`].join('\n\n')
}

/** Rows of path, value, low, high, grade and source. */
export function factRows(entry: Entry): string[][] {
  return [...factsIn(entry)].map(([path, { value, low, high, grade, source }]) => [
    dotted(path),
    String(value),
    String(low ?? ''),
    String(high ?? ''),
    grade,
    source,
  ])
}

export const FACT_HEADINGS = ['fact', 'value', 'low', 'high', 'grade', 'source']

function factTable(entry: Entry): string[] {
  const rows = factRows(entry)
  if (rows.length === 0) return []
  const columns = FACT_HEADINGS.map((heading, index) => ({
    heading,
    cells: rows.map(row => row[index]),
    align: [1, 2, 3].includes(index) ? ('right' as const) : ('left' as const),
  }))
  return [tableText(columns)]
}

/** What an entry says without facts. */
function plainLines(entry: Entry): [string, string][] {
  return Object.entries(entry)
    .filter(([key, value]) => key !== 'id' && key !== 'sources' && factsIn(value).next().done)
    .map(([key, value]) => [key, plainText(value)])
}

/** What the dated prices of a list are of. */
function priceLines(entry: Entry): [string, string][] {
  if (!('points' in entry)) return []
  return entry.points.map(({ date, market, basis }, i) => [`points.${i}`, `${date} ${market}, ${basis}`])
}

function plainText(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value !== 'object' || value === null) return String(value)
  const parts = Object.entries(value).map(([key, inner]) => `${key} ${inner}`)
  return parts.join(', ') || '-'
}

/** Entries that name this one. */
function usedBy(kind: CatalogueKind, id: string, { nodes, devices }: Catalogue): [string, string][] {
  const users: Partial<Record<CatalogueKind, readonly Entry[]>> = {
    devices: [...nodes.values()].filter(({ device }) => device === id),
    engines: [...devices.values()].filter(({ engines }) => engines.includes(id)),
  }
  const names = users[kind]?.map(user => user.id)
  if (names === undefined) return []
  const what = kind === 'devices' ? 'in nodes' : 'runs on'
  return [[what, names.join(', ') || 'none: add one to use it']]
}
