import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { register } from 'tsx/cjs/api'
import { tsImport } from 'tsx/esm/api'
import { UserError } from '../core/errors.ts'
import { entryFrom, type OwnEntry } from './exports.ts'
import { loadingMistake, placeOf } from './place.ts'
import { checkPolicyFile } from './policy-file.ts'
import { type Watch, watched } from './watch.ts'

/** A user's own policy, and the file whose default export makes it. */
export type OwnPolicy = OwnEntry & { readonly file: string }

/** The first of the folders from which a package of that name can be had, `name` or `@scope/name` with a path behind. */
export function packageFolder(name: string, folders: readonly string[]): string | undefined {
  return isBuiltin(name) ? undefined : folders.find(folder => packageFile(name, folder) !== undefined)
}

/**
 * A user's own policy: a TypeScript or JavaScript file whose default export is a PolicyFactory, and which may export
 * what else an entry of the registry says: `options`, `waits`, `predicts`, `about`. Every call reads the file anew.
 * Throws a UserError that names the line of a mistake in it.
 *
 * @param path from the working directory
 * @param watch told when the user's code is entered and left
 */
export async function loadPolicy(path: string, watch?: Watch): Promise<OwnPolicy> {
  const file = resolve(path)
  checkPolicyFile(path)
  return loaded(path, () => fromFile(file), watch)
}

/** The same from a package that can be had from the folder. */
export async function loadPackage(name: string, folder: string, watch?: Watch): Promise<OwnPolicy> {
  const file = packageFile(name, folder)
  return loaded(name, () => (file ? fromFile(file) : fromModules(name, folder)), watch)
}

/** What code exports, and the file that does. */
interface Exporting {
  readonly exported: Record<string, unknown>
  readonly file: string
}

async function loaded(name: string, load: () => Promise<Exporting>, watch?: Watch): Promise<OwnPolicy> {
  const { exported, file } = await withinWatch(name, () => located(name, load), watch)
  const entry = entryFrom(name, unwrapped(exported), called => lineOf(file, called))
  return { ...entry, make: watch === undefined ? entry.make : watched(name, entry.make, watch), file }
}

async function withinWatch<T>(name: string, work: () => Promise<T>, watch?: Watch): Promise<T> {
  watch?.enter(name, 'load')
  try {
    return await work()
  } finally {
    watch?.leave()
  }
}

async function located<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const mistake = error instanceof Error ? loadingMistake(error) : String(error)
    throw new UserError(`policy ${name}: cannot be loaded: ${mistake}`, { cause: error })
  }
}

/**
 * Of tsx's two loaders, by the one that keeps the lines of such a file: a module outside a package of type `module` loses
 * them when it is imported, and a `mine.js` beside a `mine.ts` cannot be required.
 */
async function fromFile(file: string): Promise<Exporting> {
  const { href } = pathToFileURL(file)
  // The parent is not this module: seen from a TypeScript parent, tsx takes `mine.js` to mean a `mine.ts` beside it.
  try {
    const isImported = isModule(file) || hasTwin(file)
    return { exported: isImported ? await tsImport(href, href) : required(file), file }
  } catch (error) {
    throw underItsName(file, isPlaceless(error) && !hasTwin(file) ? mistakeIn(file, error) : error)
  }
}

function required(file: string): Record<string, unknown> {
  return register({ namespace: randomUUID() }).require(file, file)
}

/** The compiler calls a `mine.mts` `mine.ts`. */
function underItsName(file: string, error: unknown): unknown {
  const called = file.replace(/\.[cm](?=[jt]s$)/, '.')
  if (error instanceof Error && called !== file) error.message = error.message.replaceAll(called, file)
  return error
}

/** Node keeps to itself where it finds a module malformed. */
function isPlaceless(error: unknown): boolean {
  return error instanceof SyntaxError && placeOf(error) === ''
}

/** The same mistake as the other loader tells it. */
function mistakeIn(file: string, mistake: unknown): unknown {
  try {
    required(file)
    return mistake
  } catch (error) {
    return error
  }
}

function hasTwin(file: string): boolean {
  return (
    /\.[cm]?js$/.test(file) && ['ts', 'tsx'].some(extension => existsSync(file.replace(/js$/, extension)))
  )
}

/** A package that may be imported and not required. */
async function fromModules(name: string, folder: string): Promise<Exporting> {
  const read: string[] = []
  const parentURL = parentOf(folder)
  const exported = await tsImport(name, { parentURL, onImport: url => read.push(fileURLToPath(url)) })
  return { exported, file: read[0] }
}

/** As Node decides: by extension, else by the nearest package.json. */
function isModule(file: string): boolean {
  const [, kind = ''] = /^\.([cm])[jt]s$/.exec(extname(file)) ?? []
  return kind === 'm' || (kind === '' && typeOf(dirname(file)) === 'module')
}

function typeOf(folder: string): unknown {
  const file = join(folder, 'package.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).type
  return dirname(folder) === folder ? undefined : typeOf(dirname(folder))
}

/** The file of a package; empty where it may be imported only, undefined where there is none of that name. */
export function packageFile(name: string, folder: string): string | undefined {
  try {
    return createRequire(parentOf(folder)).resolve(name)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED' ? '' : undefined
  }
}

/** A file in the folder, from which packages are looked for. */
function parentOf(folder: string): string {
  return pathToFileURL(join(resolve(folder), 'policy.js')).href
}

/** What was required, or is outside a package of type `module`, has its exports inside the default export. */
function unwrapped(exported: Record<string, unknown>): Record<string, unknown> {
  if (typeof exported === 'function') return { default: exported }
  const inner = exported.default
  if (typeof inner === 'object' && inner !== null && 'default' in inner)
    return inner as Record<string, unknown>
  return exported
}

/** The line of a file on which it exports something of that name. */
function lineOf(file: string, called: string): number | undefined {
  if (file === '') return undefined
  const isExport = new RegExp(`\\bexports?\\b.*\\b${called}\\b`)
  const index = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex(line => isExport.test(line))
  return index < 0 ? undefined : index + 1
}
