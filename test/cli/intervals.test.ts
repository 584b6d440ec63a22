import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Papa from 'papaparse'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { csvFiles } from '../../src/results/columns/files.ts'
import { scenario, Workplace } from './program.ts'

const place = new Workplace()
beforeAll(() => {
  place.write('s.yaml', scenario('requests: 200', 'requests: 300'))
  place.write('long.yaml', scenario('requests: 200', 'requests: 30000'))
})
afterAll(() => place.remove())

const read = (file: string) => readFileSync(join(place.folder, file), 'utf8')

function rowsOf(file: string): Record<string, string>[] {
  return Papa.parse<Record<string, string>>(read(file), { header: true, skipEmptyLines: true }).data
}

test('race --intervals prints how sure figures are and writes it, and changes no other file', async () => {
  const plain = ['race', 'long.yaml', '--no-ranges', '--requests', '--out']
  await place.run(...plain, 'plain')
  const { code, stdout } = await place.run(...plain, 'sure', '--intervals')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^power-of-two +0\.\d+ ± 0\.\d+ /m)
  const rows = rowsOf('sure/intervals.csv')
  expect(Object.keys(rows[0])).toEqual(csvFiles['intervals.csv'].columns.map(({ name }) => name))
  expect(rows).toHaveLength(2 * 8)
  const told = rows.filter(({ note }) => note === '')
  expect(told.length).toBeGreaterThan(8)
  for (const { value, low, high } of told) {
    expect(Number(low)).toBeLessThanOrEqual(Number(value))
    expect(Number(value)).toBeLessThanOrEqual(Number(high))
  }
  expect(place.names('sure').filter(name => name !== 'intervals.csv')).toEqual(place.names('plain'))
  for (const name of place.names('plain')) expect(read(`sure/${name}`), name).toBe(read(`plain/${name}`))
})

test('values are those of summary.csv', () => {
  const summary = rowsOf('sure/summary.csv')
  for (const { policy, metric, statistic, value } of rowsOf('sure/intervals.csv')) {
    const column = metric.endsWith('_s') ? metric.replace(/_s$/, `_${statistic}_s`) : metric
    const whole = Number(summary.find(row => row.policy === policy)![column])
    expect(Math.abs(Number(value) / whole - 1), `${policy} ${column}`).toBeLessThan(
      statistic === 'p99' ? 0.01 : 1e-9,
    )
  }
})

test('run --intervals says what is too short to tell, without --out too; a folder written anew keeps none', async () => {
  const run = ['run', 's.yaml', '--policy', 'random']
  const { code, stdout } = await place.run(...run, '--intervals', '--out', 'run')
  expect(code).toBe(0)
  expect(stdout).toMatch(/Too short to tell; .* random \d+\.$/m)
  for (const { low, high, note } of rowsOf('run/intervals.csv')) {
    expect([low, high]).toEqual(['', ''])
    expect(note).toMatch(/^too short: at least \d+ requests more would tell$/)
  }
  expect((await place.run(...run, '--intervals')).stdout).toMatch(/Too short to tell/)
  const without = await place.run(...run, '--out', 'run')
  expect(without.stdout).not.toMatch(/Too short to tell/)
  expect(place.names('run')).not.toContain('intervals.csv')
})
