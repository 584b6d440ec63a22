import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBConnection } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readResults } from '../../src/sweeps/analysis/saved-results.ts'
import { openSweepFolder } from '../../src/sweeps/folder.ts'
import { inProcessRunner } from '../../src/sweeps/in-process-runner.ts'
import { loadExperiment } from '../../src/sweeps/load-experiment.ts'
import { taskOf } from '../../src/sweeps/plan.ts'
import { planOf } from '../../src/sweeps/planned.ts'
import { sweep } from '../../src/sweeps/sweep.ts'
import { experiment, QUICK } from './experiments.ts'
import { temporaryFolder } from './fakes.ts'

const parent = temporaryFolder()
let duckdb: DuckDBConnection

beforeAll(async () => {
  writeFileSync(join(parent, 'quick.yaml'), QUICK)
  duckdb = await DuckDBConnection.create()
})
afterAll(() => duckdb.closeSync())

async function rowsOf(sql: string): Promise<Record<string, unknown>[]> {
  return (await duckdb.runAndReadAll(sql)).getRowObjects()
}

/** Runs an experiment into a folder. */
async function swept(name: string, text: string, parquet = false) {
  const file = join(parent, `${name}.yaml`)
  writeFileSync(file, text)
  const given = loadExperiment(file)
  const folder = openSweepFolder(join(parent, name), planOf(given))
  await sweep(taskOf(folder.plan), inProcessRunner(given), folder.journal)
  const { files } = folder.writeResults({ parquet })
  await folder.close()
  return { path: folder.path, files }
}

const CLASSES = experiment(3, 'groups: [all, class]\n')

describe('results of a sweep', () => {
  it('have beside the metrics what ratios and warnings rest on, so that a ratio is one of sums', async () => {
    const { path } = await swept('ratios', experiment(3))
    const sums = `select "workload.load" as load, policy, 1e6 * sum(cost_busy_usd + cost_idle_usd) / sum(goodput_tokens_per_s * window_s) as ratio from '${path}/results.csv' group by all order by all`
    const estimates = `select "workload.load" as load, policy, mean as ratio from '${path}/estimates.csv' where metric = 'usd_per_good_mtok' and method = 'ratio of sums' order by all`
    const [ours, theirs] = [await rowsOf(estimates), await rowsOf(sums)]
    expect(ours).toHaveLength(4)
    for (const [i, { ratio }] of ours.entries()) expect(ratio).toBeCloseTo(theirs[i].ratio as number, 9)
    const metric = await rowsOf(
      `select abs(usd_per_good_mtok / (1e6 * (cost_busy_usd + cost_idle_usd) / (goodput_tokens_per_s * window_s)) - 1) as off from '${path}/results.csv'`,
    )
    expect(Math.max(...metric.map(({ off }) => off as number))).toBeLessThan(1e-12)
  })

  it('are the same in Parquet as in CSV, as typed as DuckDB guesses that to be', async () => {
    const { path, files } = await swept('typed', CLASSES, true)
    expect(files).toEqual([
      ...['estimates.csv', 'estimates.parquet', 'manifest.json', 'results.csv', 'results.parquet'],
    ])
    const parquet = await rowsOf(`describe select * from '${path}/results.parquet'`)
    const types = Object.fromEntries(
      parquet.map(({ column_name, column_type }) => [column_name, column_type]),
    )
    expect(types).toMatchObject({
      ...{ 'workload.load': 'DOUBLE', policy: 'VARCHAR', replication: 'BIGINT', seed: 'VARCHAR' },
      ...{ ttft_p99_s: 'DOUBLE', arrived_in_window: 'BIGINT', saturated: 'DOUBLE' },
    })
    for (const name of ['results', 'estimates']) {
      const [csv, typed] = ['csv', 'parquet'].map(kind => `select * from '${path}/${name}.${kind}'`)
      const guessed = name === 'results' ? `${csv.replace('*', '* replace (seed::varchar as seed)')}` : csv
      const empty = guessed.replace('*', "* replace (coalesce(note, '') as note)")
      const [one, other] = [await rowsOf(name === 'results' ? guessed : empty), await rowsOf(typed)]
      expect(other.length).toBeGreaterThan(11)
      expect(other.map(comparable)).toEqual(one.map(comparable))
    }
  })

  it('lose the Parquet file with results that have none', async () => {
    await swept('again', experiment(2), true)
    const { files } = await swept('again', experiment(2))
    expect(files).toEqual(['estimates.csv', 'manifest.json', 'results.csv'])
    expect(() => readFileSync(join(parent, 'again', 'results.parquet'))).toThrow('ENOENT')
  })

  it('have the draws of the unknowns where replications are draws, as the manifest says', async () => {
    const uncertain = experiment(1, 'uncertainty: { draws: 4 }').replace('replications: 1\n', '')
    const { path, files } = await swept('drawn', uncertain)
    expect(files).toContain('draws.csv')
    const { unknowns } = readResults(path).manifest!
    const draws = await rowsOf(`from '${path}/draws.csv'`)
    expect(draws).toHaveLength(4 * unknowns!.estimates.length)
    expect(
      draws.every(
        ({ value, low, high }) =>
          (value as number) >= (low as number) && (value as number) <= (high as number),
      ),
    ).toBe(true)
  })
})

/** Whole numbers and others of the same value count as the same. */
function comparable(row: Record<string, unknown>) {
  return Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value])
}
