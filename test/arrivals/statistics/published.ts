/** Reads the tables of a Markdown file of published statistics. */

export interface PublishedTable {
  readonly columns: readonly string[]
  /** Cells by the name in the first column. */
  readonly rows: ReadonlyMap<string, readonly string[]>
}

/** The first table whose header has these columns, behind the heading. */
export function tableIn(markdown: string, heading: string, column: string): PublishedTable {
  const lines = markdown.slice(markdown.indexOf(heading)).split('\n')
  const header = lines.findIndex(
    line => line.startsWith('|') && cellsOf(line).some(cell => cell.includes(column)),
  )
  const end = lines.findIndex((line, i) => i > header && !line.startsWith('|'))
  const rows = lines.slice(header + 2, end).map(line => cellsOf(line))
  return { columns: cellsOf(lines[header]), rows: new Map(rows.map(cells => [cells[0], cells])) }
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim())
}

/** The numbers of a cell, such as `0.292/0.708, 5.483/7.624`. */
export function numbersIn(cell: string): number[] {
  return [...cell.matchAll(/-?\d+(?:\.\d+)?/g)].map(([text]) => Number(text))
}

/**
 * What is wrong with numbers that were printed rounded to at most `most` decimals and, with one decimal, above 10,000 to whole ones; empty
 * if nothing.
 * `–` stands for a number that is not known.
 */
export function misses(name: string, cell: string, actual: readonly number[], most: number): string[] {
  if (cell === '–') return actual.every(Number.isNaN) ? [] : [`${name}: nothing, not ${actual}`]
  const published = numbersIn(cell)
  if (published.length !== actual.length)
    return [`${name}: ${published.length} numbers, not ${actual.length}`]
  return published.flatMap((value, i) => {
    const decimals = most === 1 && Math.abs(value) >= 10_000 ? 0 : most
    const half = 0.5 * 10 ** -decimals * 1.0001 + 1e-12
    return Math.abs(actual[i] - value) <= half ? [] : [`${name} ${i}: ${value}, not ${actual[i]}`]
  })
}
