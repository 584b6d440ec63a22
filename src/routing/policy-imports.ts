import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** What is imported or required from a path that counts from the file. */
const IMPORTED = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g

/** What is read from beside the file: `new URL('./weights.json', import.meta.url)`. */
const LOCATED = /\bnew\s+URL\s*\(\s*['"`](?![/\\]|[\w+.-]+:)([^'"`$]+)['"`]\s*,\s*import\.meta\.url\b/g

/** Only these can name others. */
const SOURCE = /\.[cm]?[jt]s$/

const ENDINGS = ['', '.ts', '.js', '.mts', '.cts', '.mjs', '.cjs', '.json', '/index.ts', '/index.js']

/**
 * A policy's file and those that it imports or locates by their paths, one from another. A path counts where the source
 * spells it out: what a policy reads under a name that it puts together as it runs is not found.
 */
export function policyFiles(file: string): string[] {
  const found = new Set<string>()
  const visit = (path: string): void => {
    if (found.has(path)) return
    found.add(path)
    for (const inner of importsOf(path)) visit(inner)
  }
  visit(resolve(file))
  return [...found]
}

function importsOf(file: string): string[] {
  if (!SOURCE.test(file)) return []
  const text = readFileSync(file, 'utf8')
  const named = [IMPORTED, LOCATED].flatMap(form => [...text.matchAll(form)].map(([, path]) => path))
  return named.flatMap(path => fileAt(resolve(dirname(file), path)) ?? [])
}

/** An ending may be left out, and that of a source may be called by the name of what it is compiled to. */
function fileAt(path: string): string | undefined {
  const source = path.replace(/\.([cm]?)js$/, '.$1ts')
  const candidates = [...ENDINGS.map(ending => path + ending), source]
  return candidates.find(candidate => statSync(candidate, { throwIfNoEntry: false })?.isFile())
}
