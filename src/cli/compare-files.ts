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

/** Writes itself under its name in a folder. */
export interface Table {
  readonly name: string
  write(file: string): void
}

export function comparisonTables(contexts: readonly Context[], rows: readonly Comparison[]): Table[] {
  return [table('comparisons.csv', comparisonColumns(contexts), rows)]
}

/** @param by column that tells contenders apart */
export function uncertaintyTables(found: Uncertainty, by: string): Table[] {
  const { contexts, bands, chances, influences } = found
  return [
    table('uncertainty.csv', bandColumns(contexts, by), bands),
    table('chances.csv', chanceColumns(contexts), chances),
    table('sensitivity.csv', influenceColumns(contexts), influences),
  ]
}

/** Writes all of them or none. Gives their names in order; throws a UserError where the folder cannot be written to. */
export function writeTables(out: string, tables: readonly Table[]): readonly string[] {
  const folder = new OutputFolder(out)
  try {
    for (const { name, write } of tables) write(folder.file(name))
    folder.commit([])
    return folder.files
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
