import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { tsImport } from 'tsx/esm/api'
import { UserError } from '../core/errors.ts'
import type { OptionSpecs } from '../core/options.ts'
import type { PolicyFactory } from './contract.ts'
import { describe } from './guard.ts'
import type { PolicyEntry } from './registry.ts'

/** Whether what the user gave as a policy is a file and not the name of a registry's member. */
export function isPolicyFile(policy: string): boolean {
  return /[\\/]|\.[cm]?[jt]s$/.test(policy)
}

/**
 * A user's own policy: a TypeScript or JavaScript file whose default export is a PolicyFactory. It may export
 * `options`, an OptionSpecs, to have its options checked and defaulted; without it any option is handed on.
 * Every call reads the file anew.
 *
 * @param path from the working directory
 */
export async function loadPolicy(path: string): Promise<PolicyEntry> {
  const file = resolve(path)
  if (!existsSync(file)) throw new UserError(`policy ${path}: there is no such file (${file})`)
  const module = exportsOf(await imported(path, file))
  if (typeof module.default !== 'function') {
    throw new UserError(
      `policy ${path}: its default export must be a function from set-up to policy, a PolicyFactory`,
    )
  }
  const make = module.default as PolicyFactory
  const about = `from ${path}`
  return module.options === undefined
    ? { make, about, readsNotes: true }
    : { make, about, readsNotes: true, options: module.options as OptionSpecs }
}

async function imported(path: string, file: string): Promise<Record<string, unknown>> {
  try {
    const url = pathToFileURL(file).href
    // The parent is not this module: seen from a TypeScript parent, tsx takes `mine.js` to mean a `mine.ts` beside it.
    return await tsImport(url, url)
  } catch (error) {
    throw new UserError(`policy ${path}: cannot be loaded: ${oneLine(describe(error))}`, { cause: error })
  }
}

/** A compiler's message without its line breaks. */
function oneLine(message: string): string {
  return message.trim().replaceAll(/\s*\n\s*/g, ' ')
}

/** A file outside a package of type `module` arrives as CommonJS, its exports inside the default export. */
function exportsOf(module: Record<string, unknown>): Record<string, unknown> {
  const inner = module.default
  if (typeof inner === 'object' && inner !== null && 'default' in inner)
    return inner as Record<string, unknown>
  return module
}
