import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Papa from 'papaparse'
import { UserError } from '../../core/errors.ts'
import type { CellRow, GroupKind } from '../contract.ts'
import { fileSha256 } from '../files-read.ts'
import type { PointCells } from '../group-series.ts'
import { MANIFEST, readManifest, type SweepManifest } from '../manifest.ts'
import { RESULTS } from '../result-files.ts'

/** Results of a sweep as they were written. */
export interface SavedResults {
  readonly factors: readonly string[]
  /** All columns of numbers in order. */
  readonly columns: readonly string[]
  readonly points: readonly PointCells[]
  /** Absent where the file is by itself. */
  readonly manifest?: SweepManifest
}

/** Column that ends the factors, and those that stand between it and the numbers. */
const LABELS = ['policy', 'replication', 'seed', 'group', 'name'] as const

/**
 * Reads the results in a sweep's folder, or a file of them, with the manifest beside it where there is one.
 *
 * Throws a UserError with line and column of what is not as a sweep writes it, and where the results in a folder
 * are not those that its manifest goes with.
 */
export function readResults(path: string): SavedResults {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  const file = isFolder ? join(path, RESULTS) : path
  const manifest = isFolder ? readManifest(path) : manifestBeside(path)
  if (isFolder) checkUnchanged(path, file, manifest!)
  const lines = linesOf(file)
  const factors = factorsIn(file, lines[0])
  const columns = lines[0].slice(factors.length + LABELS.length)
  const points = pointsIn(file, lines, factors.length).map(point => withSampling(point, manifest))
  return { factors, columns, points, ...(manifest && { manifest }) }
}

function withSampling(point: PointCells, manifest: SweepManifest | undefined): PointCells {
  const key = keyOf(point)
  const sampling = manifest?.points.find(planned => keyOf(planned) === key)?.sampling
  return sampling === undefined ? point : { ...point, sampling }
}

function keyOf({ levels, policy }: Pick<PointCells, 'levels' | 'policy'>): string {
  return JSON.stringify([levels, policy])
}

function manifestBeside(file: string): SweepManifest | undefined {
  const folder = dirname(file)
  return existsSync(join(folder, MANIFEST)) ? readManifest(folder) : undefined
}

function checkUnchanged(folder: string, file: string, { files, cells }: SweepManifest): void {
  if (files[RESULTS] === undefined) {
    const { finished, planned } = cells
    const far = finished === 0 ? `0 of ${planned} cells are finished` : 'its sweep has not come to an end'
    throw new UserError(`${folder}: has no results yet: ${far}; start its sweep again`)
  }
  if (existsSync(file) && fileSha256(file) !== files[RESULTS]) {
    throw new UserError(
      `${file}: was edited since the sweep, or its writing was cut short; ` +
        'run the sweep again, or give the file itself to compare what it has now',
    )
  }
}

function linesOf(file: string): string[][] {
  if (!existsSync(file)) {
    throw new UserError(`${file}: no such file; must be the folder of a sweep, or its ${RESULTS}`)
  }
  const lines = Papa.parse<string[]>(readFileSync(file, 'utf8'), { skipEmptyLines: true }).data
  if (lines.length > 1) return lines
  throw new UserError(`${file}: has no rows; must have one for each replication of each point`)
}

function factorsIn(file: string, header: readonly string[]): string[] {
  const first = header.indexOf(LABELS[0])
  const missing = LABELS.find((label, i) => header[first + i] !== label)
  if (first >= 0 && missing === undefined) return header.slice(0, first)
  throw new UserError(
    `${file}:1: has no column ${missing ?? LABELS[0]} where a sweep writes it; must be its ${RESULTS}`,
  )
}

interface OpenPoint extends PointCells {
  readonly cells: { readonly replication: number; readonly rows: CellRow[] }[]
}

function pointsIn(file: string, [header, ...lines]: readonly string[][], factors: number): PointCells[] {
  const points = new Map<string, OpenPoint>()
  for (const [i, line] of lines.entries()) {
    const place = `${file}:${i + 2}`
    if (line.length !== header.length) {
      throw new UserError(`${place}: has ${line.length} cells; must have ${header.length}, as the header`)
    }
    const [policy, replication, , group, name] = line.slice(factors)
    const levels = line.slice(0, factors)
    const key = keyOf({ levels, policy })
    const point = points.get(key) ?? { levels, policy, cells: [] }
    points.set(key, point)
    const first = factors + LABELS.length
    const values = line.slice(first).map((text, j) => numberOf(text, `${place}: ${header[first + j]}`))
    addRow(point, wholeOf(replication, place), { group: groupOf(group, place), name, values }, place)
  }
  return [...points.values()].map(sorted)
}

function addRow({ cells }: OpenPoint, replication: number, row: CellRow, place: string): void {
  const last = cells.at(-1)
  const known =
    last?.replication === replication ? last : cells.find(cell => cell.replication === replication)
  const cell = known ?? { replication, rows: [] }
  if (known === undefined) cells.push(cell)
  if (cell.rows.some(({ group, name }) => group === row.group && name === row.name)) {
    throw new UserError(`${place}: has replication ${replication} of its point once more; must be there once`)
  }
  cell.rows.push(row)
}

function sorted({ cells, ...point }: OpenPoint): PointCells {
  return { ...point, cells: cells.toSorted((a, b) => a.replication - b.replication) }
}

function numberOf(text: string, place: string): number | null {
  if (text === '') return null
  const value = Number(text)
  if (Number.isFinite(value)) return value
  throw new UserError(`${place} is '${text}'; must be a number or blank`)
}

function wholeOf(text: string, place: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UserError(`${place}: replication is '${text}'; must be a whole number from 0 on`)
}

function groupOf(text: string, place: string): GroupKind {
  if (text === 'all' || text === 'class' || text === 'tenant') return text
  throw new UserError(`${place}: group is '${text}'; must be all, class or tenant`)
}
