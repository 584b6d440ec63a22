import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { UserError } from '../core/errors.ts'
import type { Measurements } from './contract.ts'

/** The files in a folder and the folders in it. Throws a UserError where there is no such folder. */
export function measurementsIn(folder: string): Measurements {
  if (!existsSync(folder)) throw new UserError(`${folder}: there is no such folder`)
  if (!statSync(folder).isDirectory()) {
    throw new UserError(`${folder}: is a file; must be a folder of measurements`)
  }
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
    .map(name => name.split(sep).join('/'))
  return { folder, names: names.sort(), read: name => readFileSync(join(folder, name), 'utf8') }
}
