import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { UserError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'

const ENDING = /\.[cm]?[jt]s$/

/** How a policy's file has to be named, as a clause. */
export const ENDINGS = 'files are named with .ts, .js, .mjs or .cjs'

/** Whether what the user gave as a policy is a file, and not the name of a registry's member or of a package. */
export function isPolicyFile(policy: string): boolean {
  return /^[./\\]|^[A-Za-z]:[\\/]/.test(policy) || ENDING.test(policy)
}

/** Throws a UserError where the path leads to no file that may be a policy; it says which file beside it may be meant. */
export function checkPolicyFile(path: string): void {
  const mistake = mistakeOf(path)
  if (mistake !== undefined) throw new UserError(`policy ${path}: ${mistake}${meantText(nearestFiles(path))}`)
}

function mistakeOf(path: string): string | undefined {
  if (!existsSync(path)) {
    if (!existsSync(dirname(path))) return `there is no such file, nor a folder ${dirname(path)}`
    return ENDING.test(path) ? 'there is no such file' : `there is no such file; ${ENDINGS}`
  }
  if (statSync(path).isDirectory()) return `it is a folder; a policy is a file, and ${ENDINGS}`
  return ENDING.test(path) ? undefined : `no policy can be in it; ${ENDINGS}`
}

/**
 * Files of the same name with an ending that will do, else those of the folder with the nearest names; all those in it
 * where the path is a folder's. As paths such as the one given.
 */
export function nearestFiles(path: string): string[] {
  if (isFolder(path)) return policyFiles(path).map(name => `${path.replace(/[/\\]$/, '')}/${name}`)
  const given = basename(path)
  const names = policyFiles(dirname(path))
  const same = names.filter(name => stemOf(name) === stemOf(given))
  const meant = same.length > 0 ? same : nearest(given, names)
  return meant.map(name => path.slice(0, path.lastIndexOf(given)) + name)
}

/** The end of a message on a name that is not known; empty where nothing may be meant. */
export function meantText(meant: readonly string[]): string {
  return meant.length === 0 ? '' : `; did you mean ${meant.slice(0, 3).join(' or ')}?`
}

function policyFiles(folder: string): string[] {
  if (!isFolder(folder)) return []
  const names = readdirSync(folder).filter(name => ENDING.test(name) && !/\.d\.[cm]?ts$/.test(name))
  return names.sort()
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

function stemOf(name: string): string {
  return name.replace(/\.\w+$/, '')
}
