import type { SweepFolder } from '../sweeps/folder.ts'
import type { CellCounts } from '../sweeps/manifest.ts'
import type { ParquetFlag } from './flags.ts'
import { print } from './print.ts'
import { SweepTable } from './sweep-table.ts'

/** Writes the results of what is finished, shows them at a glance and says where they are. */
export function writtenSweep(folder: SweepFolder, { parquet = false }: ParquetFlag): CellCounts {
  const { factors, confidence } = folder.plan
  const table = new SweepTable(factors)
  const { cells, files } = folder.writeResults({ parquet, onPoint: estimates => table.add(estimates) })
  const text = table.text(confidence)
  if (text !== '') print(`${text}\n`)
  print(`Written to ${folder.path}: ${files.join(', ')}`)
  return cells
}
