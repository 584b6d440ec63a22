import { existsSync, writeFileSync } from 'node:fs'
import { OutputFolder } from '../results/output-folder.ts'
import { parquetName, type TableOptions, tableWriter, writeTable } from '../results/table-file.ts'
import type { Journal } from './contract.ts'
import { drawColumns, drawRows } from './draw-rows.ts'
import { type Estimate, estimateColumns, estimatesOf } from './estimates.ts'
import { fileSha256 } from './files-read.ts'
import { type CellCounts, MANIFEST, manifestText } from './manifest.ts'
import type { SweepPlan } from './plan.ts'
import { resultColumns } from './result-columns.ts'
import { finishedPoints, resultRows } from './results.ts'

export const RESULTS = 'results.csv'
export const ESTIMATES = 'estimates.csv'
/** What replications have drawn, where an experiment has uncertainty. */
export const DRAWS = 'draws.csv'
const TABLES = [DRAWS, ESTIMATES, RESULTS]

export interface ResultOptions {
  /** Whether there is to be a Parquet file beside each CSV file. */
  readonly parquet?: boolean
  /** Told the estimates of every point, in order. */
  readonly onPoint?: (estimates: readonly Estimate[]) => void
}

export interface WrittenResults {
  readonly cells: CellCounts
  /** Names of the files, in order. */
  readonly files: readonly string[]
}

/**
 * Writes the results of the cells in a journal to the folder of a sweep, a point at a time, and lets them appear
 * together with their manifest. The same plan and cells give the same bytes, in whatever order the cells finished.
 */
export function writeResults(
  folder: string,
  plan: SweepPlan,
  journal: Journal,
  options: ResultOptions = {},
): WrittenResults {
  const output = new OutputFolder(folder)
  try {
    const table = { file: (name: string) => output.file(name), parquet: options.parquet ?? false }
    const cells = writeTables(table, plan, journal, options)
    if (plan.unknowns !== undefined) {
      writeTable(DRAWS, drawColumns, drawRows(plan.unknowns, plan.seed), table)
    }
    const known = TABLES.flatMap(name => [name, parquetName(name)])
    const written = known.filter(name => existsSync(output.file(name)))
    const files = Object.fromEntries(written.map(name => [name, fileSha256(output.file(name))]))
    writeFileSync(output.file(MANIFEST), manifestText(plan, { cells, files }))
    output.commit(known)
    return { cells, files: output.files }
  } finally {
    output.discard()
  }
}

function writeTables(
  table: TableOptions,
  plan: SweepPlan,
  journal: Journal,
  { onPoint }: ResultOptions,
): CellCounts {
  const results = tableWriter(RESULTS, resultColumns(plan), table)
  const estimates = tableWriter(ESTIMATES, estimateColumns(plan), table)
  let finished = 0
  let planned = 0
  for (const point of finishedPoints(plan, journal)) {
    for (const row of resultRows(plan, point)) results.add(row)
    const found = estimatesOf(plan, point)
    for (const estimate of found) estimates.add(estimate)
    onPoint?.(found)
    finished += point.cells.length
    planned += point.wanted
  }
  results.close()
  estimates.close()
  return { finished, planned }
}
