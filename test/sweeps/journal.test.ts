import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { CellResult } from '../../src/sweeps/contract.ts'
import { FileJournal } from '../../src/sweeps/journal.ts'
import { lineOf } from '../../src/sweeps/journal-line.ts'
import { temporaryFolder } from './fakes.ts'

const folder = temporaryFolder()
let files = 0

function cell(hash: string, size = 2): CellResult {
  return {
    hash,
    rows: [{ group: 'all', name: 'all', values: Array.from({ length: size }, (_, i) => i / 3) }],
  }
}

function fileWith(...cells: readonly CellResult[]): string {
  const file = join(folder, `${++files}.jsonl`)
  writeFileSync(file, cells.map(lineOf).join(''))
  return file
}

it('gives back what was added, also to those who open it later', async () => {
  const file = fileWith()
  const journal = new FileJournal(file)
  const results = [cell('a'), cell('b', 5000), cell('c')]
  for (const result of results) journal.add(result)
  expect(journal.get('b')).toEqual(results[1])
  await journal.close()
  const reopened = new FileJournal(file)
  expect([...reopened.results()]).toEqual(results)
  expect(reopened.has('d')).toBe(false)
  expect(() => reopened.get('d')).toThrow(/no cell d/)
  await reopened.close()
})

it('has a cell in the file as soon as it is added, not when it is closed', () => {
  const file = fileWith()
  const journal = new FileJournal(file)
  journal.add(cell('a'))
  expect(readFileSync(file, 'utf8')).toBe(lineOf(cell('a')))
})

it('keeps the first of two results of a cell', async () => {
  const file = fileWith()
  const journal = new FileJournal(file)
  journal.add(cell('a', 1))
  journal.add(cell('a', 9))
  expect(journal.get('a')).toEqual(cell('a', 1))
  expect(journal.size).toBe(1)
  await journal.close()
})

it('cuts off a line that was torn anywhere, and goes on behind the one before', async () => {
  const whole = lineOf(cell('b')).length
  for (let left = 0; left < whole; left++) {
    const file = fileWith(cell('a'), cell('b'))
    truncateSync(file, lineOf(cell('a')).length + left)
    const journal = new FileJournal(file)
    expect([journal.size, journal.has('a'), journal.has('b')]).toEqual([1, true, false])
    journal.add(cell('c'))
    await journal.close()
    expect(readFileSync(file, 'utf8')).toBe([cell('a'), cell('c')].map(lineOf).join(''))
  }
})

it('cuts off what a file system leaves of a file that grew before it was written', async () => {
  const file = fileWith(cell('a'))
  appendFileSync(file, Buffer.alloc(5000))
  const journal = new FileJournal(file)
  await journal.close()
  expect(readFileSync(file, 'utf8')).toBe(lineOf(cell('a')))
})

it('takes no line that is not as it was written, and keeps those behind it', async () => {
  const file = fileWith(cell('a'), cell('b'), cell('c'))
  const text = readFileSync(file, 'utf8')
  const places = [...text.split('\n')[1]].map((_, i) => text.indexOf('\n') + 1 + i)
  for (const place of places) {
    const other = text[place] === '1' ? '2' : '1'
    writeFileSync(file, text.slice(0, place) + other + text.slice(place + 1))
    const journal = new FileJournal(file)
    expect([journal.has('a'), journal.has('b'), journal.has('c')]).toEqual([true, false, true])
    await journal.close()
  }
})

it('reads a file without changing it', async () => {
  const file = fileWith(cell('a'))
  appendFileSync(file, 'torn')
  const before = readFileSync(file, 'utf8')
  const journal = new FileJournal(file, 'read')
  expect([...journal.results()]).toEqual([cell('a')])
  await journal.close()
  expect(readFileSync(file, 'utf8')).toBe(before)
})
