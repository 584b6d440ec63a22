/** Rows as aligned columns: the first to the left, numbers to the right. */
export function columnsText(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)))
  return rows
    .map(row =>
      row
        .map((cell, column) => aligned(cell, widths[column], column, rows))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function aligned(cell: string, width: number, column: number, rows: readonly (readonly string[])[]): string {
  const isNumeric = rows.slice(1).every(row => /^[\d.,]*$/.test(row[column]))
  return isNumeric ? cell.padStart(width) : cell.padEnd(width)
}
