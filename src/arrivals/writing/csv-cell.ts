/** A text as a cell of CSV: in quotes where it has commas, quotes or line breaks. */
export function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A name as the cell of a file that is read line by line: line breaks become spaces. */
export function nameCell(name: string): string {
  return csvCell(name.replaceAll(/\r\n|\r|\n/g, ' '))
}
