import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { ArrivalBlock } from '../../src/arrivals/contract.ts'
import { fileBytes } from '../../src/arrivals/file.ts'
import { UserError } from '../../src/core/errors.ts'
import { azureSource, rowsOf, secondsTrace } from './sources.ts'

const folder = mkdtempSync(join(tmpdir(), 'regatta-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function read(path: string) {
  return rowsOf(azureSource(fileBytes(path), 'all'))
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
  [
    'a damaged zip',
    () =>
      file(
        'bad.gz',
        zipped.map((byte, i) => (i > 500 && i < 600 ? 0 : byte)),
      ),
    'the gzip data are damaged',
  ],
  ['an empty file', () => file('empty.csv', ''), 'is empty; must have at least 1 row'],
])('%s is the mistake of the user and told with its path', async (_, make, message) => {
  const path = make()
  const error = await read(path).catch(error => error)
  expect(error).toBeInstanceOf(UserError)
  expect(error.message).toBe(`${path}: ${message}`)
})

describe('a zip that is cut', () => {
  const cut = () => file('cut.gz', zipped.subarray(0, zipped.length - 100))

  test('is told with the line that it breaks off in', async () => {
    const error = await read(cut()).catch(error => error)
    expect(error).toBeInstanceOf(UserError)
    const [, line] = /cut\.gz:(\d+): the gzip data end too early; --on-bad-row skip/.exec(error.message)!
    expect(Number(line)).toBeGreaterThan(10_000)
  })

  test('gives the whole lines before where bad rows are skipped, and counts', async () => {
    const whole = await read(file('whole.csv', secondsTrace(20_000)))
    const source = azureSource(fileBytes(cut()), 'all', { onBadRow: 'skip' })
    const rows = await rowsOf(source)
    expect(rows.length).toBeGreaterThan(10_000)
    expect(rows).toEqual(whole.slice(0, rows.length))
    expect(source.report!()!.remarks).toEqual([
      { what: 'left out: the gzip data end too early', count: 1, first: `${cut()}:${rows.length + 2}` },
    ])
  })
})

test('closing in the middle ends the workload', async () => {
  const source = azureSource(fileBytes(file('long.csv', secondsTrace(80_000))), 'all')
  const block = new ArrivalBlock()
  await source.fill(block)
  source.close()
  source.close()
  for (let fills = 0; block.length > 0; fills++) {
    expect(fills).toBeLessThan(20)
    await source.fill(block)
  }
})
