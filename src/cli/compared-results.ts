import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { UserError } from '../core/errors.ts'
import { RESULTS } from '../sweeps/result-files.ts'

/** Says in a folder of comparisons of which results they are: the way from there to them. */
export const COMPARED = '.compared'

/** What the folder's note says, of results that were given as a folder or as a file. */
export function comparedText(out: string, given: string): string {
  return `${relative(resolve(out), resultsFile(given))}\n`
}

/**
 * Throws a UserError where a folder holds other results than those given, or comparisons of others.
 *
 * @param tables names of files of comparisons
 */
export function checkCompared(out: string, given: string, tables: readonly string[]): void {
  const held = heldIn(out, tables)
  if (held === undefined || held.file === resultsFile(given)) return
  const whose = held.file === undefined ? 'that it does not name' : relative('', held.file)
  throw new UserError(
    `--out ${out}: holds ${held.what} ${whose}, not of ${relative('', resultsFile(given))}; give another folder`,
  )
}

interface Held {
  readonly what: string
  /** Absolute; undefined where the folder does not say. */
  readonly file: string | undefined
}

function heldIn(out: string, tables: readonly string[]): Held | undefined {
  const note = join(out, COMPARED)
  if (existsSync(note)) {
    const file = resolve(out, readFileSync(note, 'utf8').trimEnd())
    return { what: 'comparisons of', file }
  }
  const results = resolve(out, RESULTS)
  if (existsSync(results)) return { what: 'the results', file: results }
  const table = tables.find(name => existsSync(join(out, name)))
  return table === undefined ? undefined : { what: `${table} of results`, file: undefined }
}

function resultsFile(given: string): string {
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() ?? false
  return resolve(given, isFolder ? RESULTS : '')
}
