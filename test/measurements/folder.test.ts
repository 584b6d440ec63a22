import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { measurementsIn } from '../../src/measurements/folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'regatta-measurements-'))
mkdirSync(join(folder, 'requests'))
mkdirSync(join(folder, 'steps.csv'))
writeFileSync(join(folder, 'requests', 'run.csv'), 'b')
writeFileSync(join(folder, 'times.csv'), 'a')
afterAll(() => rmSync(folder, { recursive: true }))

it('names the files of a folder and of the folders in it, and reads them', () => {
  const measurements = measurementsIn(folder)
  expect(measurements.names).toEqual(expect.arrayContaining(['requests/run.csv', 'times.csv']))
  expect(measurements.names.filter(name => name.endsWith('.csv')).map(measurements.read)).toEqual(['b', 'a'])
})

it('takes a folder for no file, whatever its name', () => {
  expect(measurementsIn(folder).names).toEqual(['requests/run.csv', 'times.csv'])
})

it('says that a folder is not there, or is a file', () => {
  expect(() => measurementsIn(join(folder, 'none'))).toThrow('none: there is no such folder')
  expect(() => measurementsIn(join(folder, 'times.csv'))).toThrow('times.csv: is a file; must be a folder')
})
