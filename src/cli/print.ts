import { stripVTControlCharacters } from 'node:util'
import Table from 'cli-table3'
import pc from 'picocolors'

/** Colours where a person looks at stdout and wants them. */
export const colours = pc.createColors(
  pc.isColorSupported && (process.stdout.isTTY === true || process.env.FORCE_COLOR !== undefined),
)

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Three significant digits, without exponents; `-` where there is no number. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '-'
  const digits = value === 0 ? 0 : Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))))
  return value.toFixed(digits)
}

export function percent(value: number): string {
  return Number.isFinite(value) ? (100 * value).toFixed(1) : '-'
}

/** A column of a table: its heading (lines broken by \n) and the texts of its cells. */
export interface TextColumn {
  readonly heading: string
  readonly cells: readonly string[]
  readonly align?: 'left' | 'right'
  /** Where lines are too long the column may be left out: of several the one with the lowest number first. */
  readonly spare?: number
}

/** Columns of text under headings, without lines around cells. */
export function tableText(columns: readonly TextColumn[], gap = 2): string {
  const table = new Table({
    head: columns.map(({ heading }) => heading),
    colAligns: columns.map(({ align = 'right' }) => align),
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
  })
  const rows = columns[0].cells.map((_, row) => columns.map(({ cells }) => cells[row]))
  table.push(...rows)
  return table.toString().replaceAll(/ +$/gm, '')
}

/** The table without the columns that can be spared, as far as its lines are longer than `most` characters otherwise. */
export function fittedTable(
  columns: readonly TextColumn[],
  gap: number,
  most = terminalWidth(),
): { readonly text: string; readonly isCut: boolean } {
  const spares = columns.filter(({ spare }) => spare !== undefined).sort((a, b) => a.spare! - b.spare!)
  const kept = [...columns]
  let text = tableText(kept, gap)
  for (const spare of spares) {
    if (widthOf(text) <= most) break
    kept.splice(kept.indexOf(spare), 1)
    text = tableText(kept, gap)
  }
  return { text, isCut: kept.length < columns.length }
}

/** Beneath a table that is cut. */
export const CUT_NOTE =
  'The terminal is too narrow for all columns: --out writes them, and a pipe shows more.'

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
}

/** Characters that a line of the terminal holds; no bound where stdout is none. */
export function terminalWidth(): number {
  const { isTTY, columns } = process.stdout
  return isTTY === true && columns > 0 ? columns : Number.POSITIVE_INFINITY
}

/** Characters of the longest line, as they are seen. */
export function widthOf(text: string): number {
  return Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map(line => line.length),
  )
}

/** `name   text` lines with the texts under each other, broken between words where the terminal ends. */
export function facts(
  lines: readonly (readonly [name: string, text: string])[],
  most = terminalWidth(),
): string {
  const width = Math.max(...lines.map(([name]) => name.length)) + 2
  const under = `\n${' '.repeat(width)}`
  return lines
    .map(
      ([name, text]) => colours.dim(name.padEnd(width)) + wrapped(text, most - width).replaceAll('\n', under),
    )
    .join('\n')
}

const WIDTH = 120

/** Lines of at most 120 characters, or as the terminal holds, broken between words. */
export function wrapped(text: string, most = Math.min(WIDTH, terminalWidth())): string {
  return text.split(' ').reduce((lines, word) => {
    const used = widthOf(lines.slice(lines.lastIndexOf('\n') + 1))
    return `${lines}${used + 1 + widthOf(word) > most ? '\n' : ' '}${word}`
  })
}

/** The paragraph with the line breaks that it has, where the terminal holds its lines; else broken anew. */
export function paragraph(text: string, most = terminalWidth()): string {
  return widthOf(text) <= most ? text : wrapped(text.replaceAll('\n', ' '), Math.min(WIDTH, most))
}
