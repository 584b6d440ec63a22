import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBConnection } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Column } from '../../src/results/columns/column.ts'
import { csvFiles } from '../../src/results/columns/files.ts'
import { WHOLE } from '../../src/results/columns/whole.ts'
import { ParquetFileWriter } from '../../src/results/parquet-file.ts'
import { tableWriter } from '../../src/results/table-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'regatta-parquet-'))
let duckdb: DuckDBConnection

beforeAll(async () => {
  duckdb = await DuckDBConnection.create()
})

afterAll(() => {
  duckdb.closeSync()
  rmSync(folder, { recursive: true, force: true })
})

interface Row {
  readonly policy: string
  readonly requests: number
  readonly ttft_p99_s: number
  readonly isFull: boolean | ''
  readonly seed: number | string
}

const columns: readonly Column<Row>[] = [
  { name: 'policy', about: '', value: row => row.policy },
  { name: 'requests', about: '', value: row => row.requests },
  { name: 'ttft_p99_s', about: '', value: row => row.ttft_p99_s },
  { name: 'met_slo', about: '', value: row => row.isFull },
  { name: 'seed', about: '', value: row => row.seed },
]

const rowOf = (changes: Partial<Row> = {}): Row => ({
  ...{ policy: 'a', requests: 3, ttft_p99_s: 0.5, isFull: true, seed: 1 },
  ...changes,
})

let files = 0

/** Under a new name each time: DuckDB keeps what it has read of a path. */
function written(rows: readonly Row[]): string {
  const name = `rows-${++files}.csv`
  const writer = tableWriter(name, columns, { file: each => join(folder, each), parquet: true })
  for (const row of rows) writer.add(row)
  writer.close()
  return join(folder, name.replace('.csv', ''))
}

async function query(sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await duckdb.runAndReadAll(sql)).getRows()
}

const typesOf = async (file: string) =>
  (await query(`describe select * from '${file}'`)).map(([name, type]) => `${name} ${type}`)

it('has numbers as numbers, counts as whole ones, yes and no as such, and texts', async () => {
  const file = written([rowOf(), rowOf({ isFull: false })])
  expect(await typesOf(`${file}.parquet`)).toEqual([
    ...['policy VARCHAR', 'requests BIGINT', 'ttft_p99_s DOUBLE', 'met_slo BOOLEAN', 'seed VARCHAR'],
  ])
})

it('has the same types whether numbers happen to be whole, or are not there at all', async () => {
  const whole = await typesOf(`${written([rowOf({ ttft_p99_s: 2 })])}.parquet`)
  const none = await typesOf(`${written([rowOf({ ttft_p99_s: Number.NaN, requests: Number.NaN })])}.parquet`)
  expect(none).toEqual(whole)
})

it('has null where CSV has a blank of a number, and the blank where it has one of a text', async () => {
  const blank = rowOf({ policy: '', requests: Number.NaN, ttft_p99_s: Number.POSITIVE_INFINITY, isFull: '' })
  const file = written([rowOf(), blank])
  const [, second] = await query(`from '${file}.parquet'`)
  expect(second).toEqual(['', null, null, null, '1'])
})

it('has what the CSV file has, value by value to the last bit, as DuckDB reads both', async () => {
  const rows = fc.array(
    fc.record({
      policy: fc.stringMatching(/^[a-z ,"'é-]{1,12}$/),
      requests: fc.integer({ min: 0, max: 2 ** 48 }),
      ttft_p99_s: fc.double({ noDefaultInfinity: true }).map(value => value + 0),
      isFull: fc.boolean(),
      seed: fc.oneof(fc.nat(), fc.constant('1/2')),
    }),
    { minLength: 1, maxLength: 40 },
  )
  await fc.assert(
    fc.asyncProperty(rows, async given => {
      const file = written(given as Row[])
      const typed = `{'policy': 'VARCHAR', 'requests': 'BIGINT', 'ttft_p99_s': 'DOUBLE', 'met_slo': 'VARCHAR', 'seed': 'VARCHAR'}`
      const csv = `select * replace (met_slo = 'yes' as met_slo) from read_csv('${file}.csv', header = true, delim = ',', quote = '"', escape = '"', columns = ${typed}, force_not_null = ['policy'])`
      expect(await query(`from '${file}.parquet'`)).toEqual(await query(csv))
      const back = (await query(`select ttft_p99_s from '${file}.parquet'`)).map(
        ([value]) => value ?? Number.NaN,
      )
      expect(back).toEqual(given.map(({ ttft_p99_s }) => ttft_p99_s))
    }),
    { numRuns: 60 },
  )
})

it('has every row in order where they fill many groups, and a table without rows', async () => {
  const file = join(folder, 'many.parquet')
  const writer = new ParquetFileWriter<number>(file, [
    { name: 'ordinal', about: '', value: i => i },
    { name: 'half_s', about: '', value: i => i / 2 },
  ])
  for (let i = 0; i < 80_000; i++) writer.add(i)
  writer.close()
  const checks = `select count(*), min(ordinal), max(ordinal), sum((half_s * 2 = ordinal)::int), sum((ordinal = rowid)::int)`
  expect(
    (
      await query(
        `${checks} from (select *, file_row_number as rowid from read_parquet('${file}', file_row_number = true))`,
      )
    )[0].map(Number),
  ).toEqual([80_000, 0, 79_999, 80_000, 80_000])
  expect(await query(`select count(*) from '${written([])}.parquet'`)).toEqual([[0n]])
})

it('is the same bytes for the same rows', () => {
  const rows = Array.from({ length: 100 }, (_, i) => rowOf({ requests: i, ttft_p99_s: Math.sqrt(i) }))
  const [one, other] = [rows, rows].map(same => readFileSync(`${written(same)}.parquet`))
  expect(one.equals(other)).toBe(true)
})

it('refuses a cell that is not of its column', () => {
  const writer = new ParquetFileWriter<number | string>(join(folder, 'mixed.parquet'), [
    { name: 'x_s', about: '', value: cell => cell },
  ])
  for (let i = 0; i < 32_768; i++) writer.add(i)
  writer.add('three')
  expect(() => writer.close()).toThrow('column x_s has three among cells of DOUBLE')
})

it('counts in columns that there are', () => {
  const names = new Set(Object.values(csvFiles).flatMap(({ columns }) => columns.map(({ name }) => name)))
  const ofSweeps = ['replication', 'n', 'family', 'draw', 'draws', 'ahead_a', 'ahead_b', 'undefined']
  expect([...WHOLE].filter(name => !names.has(name) && !ofSweeps.includes(name))).toEqual([])
})
