import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { OutputFolder } from '../../src/results/output-folder.ts'

const parent = mkdtempSync(join(tmpdir(), 'regatta-output-'))
afterAll(() => rmSync(parent, { recursive: true, force: true }))

it('puts the manifest in place last: cut short before, it does not vouch for files that are not there', () => {
  const folder = join(parent, 'cut-short')
  // No file can be moved over a folder with files.
  mkdirSync(join(folder, 'results.csv', 'full'), { recursive: true })
  writeFileSync(join(folder, 'manifest.json'), 'old')
  const output = new OutputFolder(folder)
  for (const name of ['estimates.csv', 'manifest.json', 'results.csv'])
    writeFileSync(output.file(name), 'new')
  expect(() => output.commit([])).toThrow()
  output.discard()
  expect(readFileSync(join(folder, 'estimates.csv'), 'utf8')).toBe('new')
  expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe('old')
})
