import { createHash } from 'node:crypto'
import type { CellResult } from './contract.ts'

const CHECK = ',"check":"'
const CHECK_DIGITS = 16

/** One line of a journal: the result as JSON, its last key a checksum of all before it. */
export function lineOf({ hash, rows }: CellResult): string {
  const open = JSON.stringify({ hash, rows }).slice(0, -1)
  return `${open}${CHECK}${checkOf(open)}"}\n`
}

/** The result in a line without its end; undefined where the line is not as it was written. */
export function resultOf(line: string): CellResult | undefined {
  const at = line.lastIndexOf(CHECK)
  if (at < 0) return undefined
  const open = line.slice(0, at)
  if (line.slice(at) !== `${CHECK}${checkOf(open)}"}`) return undefined
  return JSON.parse(`${open}}`) as CellResult
}

function checkOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, CHECK_DIGITS)
}
