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
import { messageOf } from '../scenario/helpers.ts'
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
    const { unknowns, seed } = readResults(path).manifest!
    const seeds = await rowsOf(`select distinct seed::varchar as seed from '${path}/results.csv'`)
    expect(seeds).toEqual([{ seed: String(seed) }])
    const intervals = await rowsOf(
      `select distinct method, low, high, half_width, confidence, n from '${path}/estimates.csv'`,
    )
    expect(intervals).toEqual([
      { method: 'mean of draws', low: null, high: null, half_width: null, confidence: null, n: 4n },
    ])
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

describe('replications drawn from a trace', () => {
  const TRACED = QUICK.replace(/^workload:[\s\S]*?\n(?=\S)/m, 'workload: { trace: trace.csv, load: 0.5 }\n')
  const given = 'metrics: [ttft_mean_s]\npolicies: [random, round-robin]\n'
  const text = (replications: string) =>
    `name: traced\nscenario: traced.yaml\nreplications: ${replications}\n${given}`

  beforeAll(() => {
    const rows = Array.from(
      { length: 200 },
      (_, i) => `2000-01-01 12:00:${(10 + i / 5).toFixed(7)},${100 + ((i * 37) % 400)},${10 + (i % 7)}`,
    )
    writeFileSync(join(parent, 'trace.csv'), `TIMESTAMP,ContextTokens,GeneratedTokens\n${rows.join('\n')}\n`)
    writeFileSync(join(parent, 'traced.yaml'), TRACED)
  })

  it('are told so in the manifest, and have intervals as wide as their spread', async () => {
    const { path } = await swept('traced-6', text('6'))
    expect(readResults(path).points.map(({ sampling }) => sampling)).toEqual(['redrawn', 'redrawn'])
    const [estimate] = await rowsOf(`from '${path}/estimates.csv' where policy = 'random'`)
    const [drawn] = await rowsOf(
      `select stddev_samp(ttft_mean_s) as s from '${path}/results.csv' where policy = 'random' and replication > 0`,
    )
    // t of 0.975 with 4 degrees of freedom, and 1 + 5 / 36.
    const half = 2.776445 * Math.sqrt(1 + 5 / 36) * (drawn.s as number)
    expect(estimate.half_width).toBeCloseTo(half, 6)
  })

  it('do not go on until they are sure, which they would never be', () => {
    const file = join(parent, 'until.yaml')
    writeFileSync(file, text('{ most: 9, until: { metric: ttft_mean_s, half_width: 0.1 } }'))
    expect(messageOf(() => loadExperiment(file))).toMatch(
      /until\.yaml:3:\d+: replications\.until is beside draws from a trace/,
    )
    writeFileSync(
      file,
      `${text('{ most: 9, until: { metric: ttft_mean_s, half_width: 0.1 } }')}resampling: seeds\n`,
    )
    expect(loadExperiment(file).replications.most).toBe(9)
  })
})

/** Whole numbers and others of the same value count as the same. */
function comparable(row: Record<string, unknown>) {
  return Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value])
}
