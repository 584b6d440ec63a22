import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { azure2023 } from '../../src/arrivals/azure2023.ts'
import { ArrivalBlock } from '../../src/arrivals/contract.ts'
import { fileBytes } from '../../src/arrivals/file.ts'
import { UserError } from '../../src/core/errors.ts'
import { rowsOf, secondsTrace } from './sources.ts'

const folder = mkdtempSync(join(tmpdir(), 'regatta-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function read(path: string) {
  return rowsOf(azure2023(fileBytes(path), 'all'))
}

test('a zipped file reads as the plain one does, whatever its name', async () => {
  const text = secondsTrace(20_000)
  const plain = await read(file('plain.csv', text))
  expect(plain).toHaveLength(20_000)
  expect(await read(file('zipped.csv.gz', gzipSync(text)))).toEqual(plain)
  expect(await read(file('zipped-too.csv', gzipSync(text)))).toEqual(plain)
})

const zipped = gzipSync(secondsTrace(20_000))

test.each([
  ['a missing file', () => join(folder, 'missing.csv'), 'there is no such file'],
  ['a folder', () => folder, 'is a folder; must be a file'],
  ['a cut zip', () => file('cut.gz', zipped.subarray(0, zipped.length - 100)), 'the gzip data end too early'],
  [
    'a damaged zip',
    () =>
      file(
        'bad.gz',
        zipped.map((byte, i) => (i > 500 && i < 600 ? 0 : byte)),
      ),
    'the gzip data are damaged',
  ],
  ['an empty file', () => file('empty.csv', ''), 'is empty; must have a header and at least 1 row'],
])('%s is the mistake of the user and told with its path', async (_, make, message) => {
  const path = make()
  const error = await read(path).catch(error => error)
  expect(error).toBeInstanceOf(UserError)
  expect(error.message).toBe(`${path}: ${message}`)
})

test('closing in the middle ends the workload', async () => {
  const source = azure2023(fileBytes(file('long.csv', secondsTrace(80_000))), 'all')
  const block = new ArrivalBlock()
  await source.fill(block)
  source.close()
  source.close()
  for (let fills = 0; block.length > 0; fills++) {
    expect(fills).toBeLessThan(20)
    await source.fill(block)
  }
})
