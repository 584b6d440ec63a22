import type { Cell } from '../results/columns/column.ts'

/** How files have the labels of a factor's levels: as numbers where all of them are, so that they can be plotted. */
export function labelCell(labels: Iterable<string>): (label: string) => Cell {
  const areNumbers = [...labels].every(
    label => label === String(Number(label)) && Number.isFinite(Number(label)),
  )
  return areNumbers ? Number : String
}
