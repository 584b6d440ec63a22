import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { UserError } from '../core/errors.ts'

const ORIGIN = '.experiment'

/** Leaves in the folder of a sweep the way from there to its experiment's file: results say nothing of places. */
export function noteOrigin(folder: string, experimentFile: string): void {
  writeFileSync(join(folder, ORIGIN), `${relative(resolve(folder), resolve(experimentFile))}\n`)
}

/** The experiment's file of a sweep's folder. Throws a UserError where it is not known, or no longer there. */
export function originOf(folder: string): string {
  const note = join(folder, ORIGIN)
  const file = existsSync(note) ? resolve(folder, readFileSync(note, 'utf8').trimEnd()) : undefined
  if (file !== undefined && existsSync(file)) return relative('', file)
  const what =
    file === undefined ? 'does not say where its experiment is' : `was made from ${file}, which is gone`
  throw new UserError(`${folder}: ${what}; give the file by --experiment`)
}

/** A folder that is made from another has the same origin; none where that one has none. */
export function passOnOrigin(from: string, to: string): void {
  const note = join(from, ORIGIN)
  if (existsSync(note)) noteOrigin(to, resolve(from, readFileSync(note, 'utf8').trimEnd()))
}
