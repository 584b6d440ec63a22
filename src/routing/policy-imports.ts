import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** What is imported or required from a path that counts from the file. */
const FROM_HERE = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g

const ENDINGS = ['', '.ts', '.js', '.mts', '.cts', '.mjs', '.cjs', '.json', '/index.ts', '/index.js']

/** A policy's file and those that it imports by their paths, one from another, in order of first mention. */
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
  const named = [...readFileSync(file, 'utf8').matchAll(FROM_HERE)].map(([, path]) => path)
  return named.flatMap(path => fileAt(resolve(dirname(file), path)) ?? [])
}

/** An ending may be left out, and that of a source may be called by the name of what it is compiled to. */
function fileAt(path: string): string | undefined {
  const source = path.replace(/\.([cm]?)js$/, '.$1ts')
  const candidates = [...ENDINGS.map(ending => path + ending), source]
  return candidates.find(candidate => statSync(candidate, { throwIfNoEntry: false })?.isFile())
}
