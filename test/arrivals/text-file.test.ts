import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TextFile } from '../../src/arrivals/text-file.ts'
import { UserError } from '../../src/core/errors.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regatta-text-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('appears whole, in place of what was there, zipped by its name', async () => {
  for (const name of ['a.csv', 'a.csv.gz']) {
    const path = join(folder, name)
    writeFileSync(path, 'before')
    const file = new TextFile(path)
    file.begin()
    await file.write('void')
    file.begin()
    for (let i = 0; i < 50; i++) await file.write(`${'é'.repeat(10_000)}\n`)
    expect(readFileSync(path, 'utf8')).toBe('before')
    const size = await file.commit()
    const bytes = readFileSync(path)
    expect(bytes.length).toBe(size)
    expect((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()).toBe(
      `${'é'.repeat(10_000)}\n`.repeat(50),
    )
  }
  expect(readdirSync(folder).sort()).toEqual(['a.csv', 'a.csv.gz'])
})

test('leaves nothing behind when discarded, nor a folder that it made', async () => {
  const file = new TextFile(join(folder, 'new/deep/a.csv'))
  file.begin()
  await file.write('half')
  file.discard()
  file.discard()
  expect(existsSync(join(folder, 'new'))).toBe(false)
})

test('stays once committed', async () => {
  const file = new TextFile(join(folder, 'new/a.csv'))
  file.begin()
  await file.write('whole')
  await file.commit()
  file.discard()
  expect(readFileSync(join(folder, 'new/a.csv'), 'utf8')).toBe('whole')
})

test('where it cannot be is told at once', () => {
  mkdirSync(join(folder, 'a.csv'))
  expect(() => new TextFile(join(folder, 'a.csv'))).toThrow('is a folder; must be a file')
  writeFileSync(join(folder, 'file'), '')
  expect(() => new TextFile(join(folder, 'file/a.csv'))).toThrow('lies inside a file; must lie in a folder')
})

test('a folder that is gone meanwhile is told', () => {
  const file = new TextFile(join(folder, 'a.csv'))
  rmSync(folder, { recursive: true })
  expect(() => file.begin()).toThrow(UserError)
  expect(() => file.begin()).toThrow('cannot be made there')
  mkdirSync(folder)
})

test('a disk that takes no more ends the writing', async () => {
  if (!existsSync('/dev/full')) return console.warn('SKIPPED: there is no /dev/full')
  const file = new TextFile(join(folder, 'a.csv'))
  symlinkSync('/dev/full', join(folder, `.a.csv-unfinished-${process.pid}`))
  file.begin()
  const writing = async () => {
    for (let i = 0; i < 1000; i++) await file.write('x'.repeat(10_000))
  }
  const error = await writing().catch(error => error)
  expect(error).toBeInstanceOf(UserError)
  expect(error.message).toContain('has no space left')
  file.discard()
  expect(readdirSync(folder)).toEqual([])
})
