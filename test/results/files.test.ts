import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import type { Column } from '../../src/results/columns/column.ts'
import { CsvFileWriter } from '../../src/results/csv-file.ts'
import { OutputFolder } from '../../src/results/output-folder.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'regatta-results-'))
})
afterEach(() => rmSync(home, { recursive: true }))

describe('a CSV file', () => {
  const columns: Column<readonly [string, number]>[] = [
    { name: 'name', about: '', value: ([name]) => name },
    { name: 'value_s', about: '', value: ([, value]) => value },
  ]

  it('quotes what needs quoting and keeps every digit', () => {
    const path = join(home, 'a.csv')
    const file = new CsvFileWriter(path, columns)
    file.add(['a,b', 1 / 3])
    file.add(['say "hi"', Number.NaN])
    file.add(['two\nlines', 2 ** 53])
    file.close()
    const lines = [
      'name,value_s',
      '"a,b",0.3333333333333333',
      '"say ""hi""",',
      '"two\nlines",9007199254740992',
      '',
    ]
    expect(readFileSync(path, 'utf8')).toBe(lines.join('\n'))
  })

  it('holds all of more rows than are kept in memory', () => {
    const path = join(home, 'a.csv')
    const file = new CsvFileWriter(path, columns)
    for (let i = 0; i < 5000; i++) file.add([`r${i}`, i])
    file.close()
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(5001)
    expect(lines[5000]).toBe('r4999,4999')
  })
})

describe('an output folder', () => {
  it('appears whole, with the folders around it', () => {
    const path = join(home, 'deep', 'er')
    const folder = new OutputFolder(path)
    writeFileSync(folder.file('a.csv'), 'a')
    expect(existsSync(path)).toBe(false)
    folder.commit(['a.csv'])
    folder.discard()
    expect(readdirSync(path)).toEqual(['a.csv'])
    expect(readdirSync(join(home, 'deep'))).toEqual(['er'])
  })

  it('leaves nothing when discarded', () => {
    const folder = new OutputFolder(join(home, 'deep', 'er'))
    writeFileSync(folder.file('a.csv'), 'a')
    folder.discard()
    expect(readdirSync(home)).toEqual([])
  })

  it('takes the place of earlier results and of nothing else', () => {
    const path = join(home, 'out')
    mkdirSync(path)
    for (const name of ['a.csv', 'old.csv', 'mine.txt']) writeFileSync(join(path, name), 'before')
    const folder = new OutputFolder(path)
    writeFileSync(folder.file('a.csv'), 'after')
    expect(readFileSync(join(path, 'a.csv'), 'utf8')).toBe('before')
    folder.commit(['a.csv', 'old.csv'])
    expect(readdirSync(path).sort()).toEqual(['a.csv', 'mine.txt'])
    expect(readFileSync(join(path, 'a.csv'), 'utf8')).toBe('after')
  })

  it.each(['file', 'file/inside'])('cannot be %s', name => {
    writeFileSync(join(home, 'file'), '')
    expect(() => new OutputFolder(join(home, name))).toThrow(UserError)
    expect(readdirSync(home)).toEqual(['file'])
  })
})
