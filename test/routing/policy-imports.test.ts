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
// not imported: './unused.ts'`,
  'types.ts': '',
  'parts/scores.ts': `export { more } from '../mine.ts'`,
  'parts/index.ts': '',
  'late.mjs': '',
  'unused.ts': '',
}

for (const [path, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

test('the files of a policy are those that it imports by their paths, one from another, each once', () => {
  expect(policyFiles(join(folder, 'mine.ts')).map(path => path.slice(folder.length + 1))).toEqual([
    'mine.ts',
    'types.ts',
    'parts/scores.ts',
    'parts/index.ts',
    'late.mjs',
  ])
})
