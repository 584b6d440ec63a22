import { writeFileSync } from 'node:fs'
import type { Column } from '../results/columns/column.ts'
import { CsvFileWriter } from '../results/csv-file.ts'
import { OutputFolder } from '../results/output-folder.ts'
import { bandColumns } from '../sweeps/analysis/bands.ts'
import { chanceColumns } from '../sweeps/analysis/chances.ts'
import { comparisonColumns } from '../sweeps/analysis/comparison-columns.ts'
import type { Comparison } from '../sweeps/analysis/comparisons.ts'
import type { Context } from '../sweeps/analysis/contexts.ts'
import { influenceColumns } from '../sweeps/analysis/sensitivity.ts'
import type { Uncertainty } from '../sweeps/analysis/uncertainty.ts'
import { COMPARED, checkCompared, comparedText } from './compared-results.ts'

const COMPARISONS = 'comparisons.csv'
const UNCERTAINTY = 'uncertainty.csv'
const CHANCES = 'chances.csv'
const SENSITIVITY = 'sensitivity.csv'
const TABLES = [COMPARISONS, UNCERTAINTY, CHANCES, SENSITIVITY]

/** Writes itself under its name in a folder. */
export interface Table {
  readonly name: string
  write(file: string): void
}

export function comparisonTables(contexts: readonly Context[], rows: readonly Comparison[]): Table[] {
  return [table(COMPARISONS, comparisonColumns(contexts), rows)]
}

/** @param by column that tells contenders apart */
export function uncertaintyTables(found: Uncertainty, by: string): Table[] {
  const { contexts, bands, chances, influences } = found
  return [
    table(UNCERTAINTY, bandColumns(contexts, by), bands),
    table(CHANCES, chanceColumns(contexts), chances),
    table(SENSITIVITY, influenceColumns(contexts), influences),
  ]
}

/** Throws a UserError where a folder holds what other results came to: before anything is compared. */
export function checkTables(out: string, results: string): void {
  checkCompared(out, results, TABLES)
}

/**
 * Writes all of them or none, with a note of the results that they are of. Gives their names in order; throws a UserError
 * where the folder cannot be written to.
 */
export function writeTables(out: string, results: string, tables: readonly Table[]): readonly string[] {
  const folder = new OutputFolder(out)
  try {
    for (const { name, write } of tables) write(folder.file(name))
    writeFileSync(folder.file(COMPARED), comparedText(out, results))
    folder.commit(TABLES)
    return folder.files.filter(name => name !== COMPARED)
  } finally {
    folder.discard()
  }
}

function table<Row>(name: string, columns: readonly Column<Row>[], rows: readonly Row[]): Table {
  return {
    name,
    write(file) {
      const writer = new CsvFileWriter(file, columns)
      for (const row of rows) writer.add(row)
      writer.close()
    },
  }
}
