import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { classColumns } from '../../results/columns/classes.ts'
import type { Column } from '../../results/columns/column.ts'
import { summaryColumns } from '../../results/columns/summary.ts'
import { CsvFileWriter } from '../../results/csv-file.ts'
import type { Journal } from '../contract.ts'
import { drawColumns } from '../draw-rows.ts'
import { type Estimate, estimateColumns, estimatesOf } from '../estimates.ts'
import { type SweepPlan, seedOf } from '../plan.ts'
import { resultColumns } from '../result-columns.ts'
import { DRAWS, ESTIMATES, RESULTS } from '../result-files.ts'
import { finishedPoints } from '../results.ts'
import { latexTable } from './latex.ts'

const COLUMNS = 'columns.csv'
const SEEDS = 'seeds.csv'
const TABLE = 'table.tex'

/** What a bundle has beside the files of its sweep, all of which follows from the plan and the cells. */
export const DOCUMENTS = [COLUMNS, SEEDS, TABLE]

interface DocumentedColumn {
  readonly file: string
  readonly column: string
  readonly about: string
}

const documentColumns: readonly Column<DocumentedColumn>[] = [
  { name: 'file', about: 'Name of the file.', value: row => row.file },
  { name: 'column', about: 'Name of the column; the unit ends it.', value: row => row.column },
  { name: 'about', about: 'What it means.', value: row => row.about },
]

interface ReplicationSeed {
  readonly replication: number
  readonly seed: string | number
}

const seedColumns: readonly Column<ReplicationSeed>[] = [
  { name: 'replication', about: 'Number of the replication, from 0.', value: row => row.replication },
  { name: 'seed', about: 'Its seed, the same for every policy and level.', value: row => row.seed },
]

/** Writes all documents to a folder. */
export function writeDocuments(folder: string, plan: SweepPlan, journal: Journal): void {
  const points: Estimate[][] = []
  let replications = 0
  for (const point of finishedPoints(plan, journal)) {
    points.push(estimatesOf(plan, point))
    replications = Math.max(replications, point.cells.length)
  }
  writeColumns(join(folder, COLUMNS), plan)
  writeSeeds(join(folder, SEEDS), plan, replications)
  writeFileSync(join(folder, TABLE), latexTable(plan, points))
}

/** Says what every column of a sweep's files means. */
function writeColumns(file: string, plan: SweepPlan): void {
  write(file, documentColumns, [
    ...documented(RESULTS, resultColumns(plan)),
    ...documented(ESTIMATES, estimateColumns(plan)),
    ...(plan.unknowns === undefined ? [] : documented(DRAWS, drawColumns)),
  ])
}

/** Writes the seed of every replication from 0 on. */
function writeSeeds(file: string, plan: SweepPlan, replications: number): void {
  const rows = Array.from({ length: replications }, (_, r) => ({ replication: r, seed: seedOf(plan, r) }))
  write(file, seedColumns, rows)
}

/** Metrics mean what they mean in the files of a race. */
function documented(file: string, columns: readonly Column<never>[]): DocumentedColumn[] {
  return columns.map(({ name, about }) => {
    const metric = [...summaryColumns, ...classColumns].find(column => column.name === name)
    return { file, column: name, about: file === RESULTS && metric !== undefined ? metric.about : about }
  })
}

function write<Row>(file: string, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  const writer = new CsvFileWriter(file, columns)
  for (const row of rows) writer.add(row)
  writer.close()
}
