import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { policyFiles } from '../../src/routing/policy-imports.ts'

const folder = mkdtempSync(join(tmpdir(), 'regatta-imports-'))
afterAll(() => rmSync(folder, { recursive: true }))

const FILES = {
  'mine.ts': `import type { A } from './types.ts'
import scores, {
  more,
} from "./parts/scores.js"
import fs from 'node:fs'
import './parts'
const data = require('../outside')
const late = await import('./late.mjs')
// not imported: './unused.ts'
const weights = new URL('./weights.json', import.meta.url)
const table = readFileSync(new URL("parts/table.bin",
  import.meta.url))
const web = new URL('https://example.org/a.json', import.meta.url)
const elsewhere = new URL('unused.ts', base)`,
  'types.ts': '',
  'parts/scores.ts': `export { more } from '../mine.ts'`,
  'parts/index.ts': '',
  'late.mjs': '',
  'unused.ts': '',
  'weights.json': '{}',
  'parts/table.bin': `import '../unused.ts'`,
}

for (const [path, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

test('the files of a policy are those that it imports or locates by their paths, one from another, each once', () => {
  expect(policyFiles(join(folder, 'mine.ts')).map(path => path.slice(folder.length + 1))).toEqual([
    'mine.ts',
    'types.ts',
    'parts/scores.ts',
    'parts/index.ts',
    'late.mjs',
    'weights.json',
    'parts/table.bin',
  ])
})
