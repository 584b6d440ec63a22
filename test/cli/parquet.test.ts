import { join } from 'node:path'
import { DuckDBConnection } from '@duckdb/node-api'
import { afterAll, describe, expect, it } from 'vitest'
import { SCENARIO, Workplace } from './program.ts'

const place = new Workplace()
place.write('tiny.yaml', SCENARIO)
afterAll(() => place.remove())

describe.concurrent('--parquet', () => {
  it('writes a Parquet file beside each CSV file of a race, of the same numbers', async () => {
    const { code, stderr } = await place.run('race', 'tiny.yaml', '--out', 'out', '--requests', '--parquet')
    expect([code, stderr]).toEqual([0, ''])
    const names = place.names('out')
    const tables = names.filter(name => name.endsWith('.csv')).map(name => name.replace('.csv', ''))
    expect(tables).toEqual(expect.arrayContaining(['replicas', 'requests', 'summary', 'timeseries']))
    expect(names.filter(name => name.endsWith('.parquet'))).toEqual(tables.map(name => `${name}.parquet`))
    const duckdb = await DuckDBConnection.create()
    for (const table of tables) {
      const file = join(place.folder, 'out', table)
      const numbers = `select columns(c -> c not in ('saturated', 'met_slo')) from`
      const [csv, parquet] = await Promise.all(
        ['csv', 'parquet'].map(kind => rowsOf(duckdb, `${numbers} '${file}.${kind}'`)),
      )
      expect(parquet).toEqual(csv)
    }
    const [{ yes }] = await rowsOf(
      duckdb,
      `select sum(met_slo::int) as yes from '${join(place.folder, 'out')}/requests.parquet'`,
    )
    expect(yes).toBeGreaterThan(0)
    duckdb.closeSync()
  })

  it('asks for a folder to write to', async () => {
    const { code, stderr } = await place.run('run', 'tiny.yaml', '--policy', 'random', '--parquet')
    expect([code, stderr]).toEqual([2, 'regatta: --parquet needs --out, the folder to write to\n'])
  })
})

/** Whole numbers as other numbers, blanks of texts as those of numbers: CSV does not tell them apart. */
async function rowsOf(duckdb: DuckDBConnection, sql: string) {
  const rows = (await duckdb.runAndReadAll(sql)).getRowObjects()
  const plain = (value: unknown) => (typeof value === 'bigint' ? Number(value) : value === '' ? null : value)
  return rows.map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])))
}
