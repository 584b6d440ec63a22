import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Papa from 'papaparse'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scenario, Workplace } from './program.ts'

const place = new Workplace()
beforeAll(() => {
  place.write('s.yaml', scenario('requests: 200', 'requests: 400'))
  place.write(
    'crowded.yaml',
    scenario('requests: 200', 'requests: 2000').replace('tpot_s: 0.1', 'tpot_s: 0.01'),
  )
  place.write('hopeless.yaml', scenario('ttft_s: 1', 'ttft_s: 0.001'))
})
afterAll(() => place.remove())

function rowsOf(file: string): Record<string, string>[] {
  const text = readFileSync(join(place.folder, file), 'utf8')
  return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data
}

test('bound prints what no policy can beat and what hindsight achieves, and writes both', async () => {
  const { code, stdout } = await place.run('bound', 's.yaml', '--out', 'out')
  expect(code).toBe(0)
  expect(stdout).toMatch(/no policy under which 95\.0 % of the requests meet their SLO spends less/)
  expect(stdout).toMatch(/Achievable, and no bounds/)
  expect(stdout).not.toMatch(/warning/)
  expect(place.names('out')).toEqual(['bound.csv', 'manifest.json'])
  const [bound, ...others] = rowsOf('out/bound.csv')
  expect(bound.what).toBe('bound')
  expect(Number(bound.bound_busy_usd)).toBeGreaterThan(0)
  expect(bound.busy_usd).toBe('')
  expect(others.map(({ what }) => what)).toEqual(['hindsight', 'hindsight', 'hindsight'])
  for (const row of others) expect(Number(row.busy_usd)).toBeGreaterThan(Number(row.bound_busy_usd))
})

test('bound without hindsight runs nothing, and warns of loads beyond what saturates the fleet', async () => {
  const { code, stdout } = await place.run('bound', 's.yaml', '--no-hindsight', '--load', '2.5')
  expect(code).toBe(0)
  expect(stdout).not.toMatch(/indsight/)
  expect(stdout).toMatch(/warning: the load is 250.0 % of what saturates the fleet/)
})

test("race --bound puts every policy's gap beside it", async () => {
  const { code, stdout } = await place.run('race', 's.yaml', '--bound', '--no-ranges', '--out', 'race')
  expect(code).toBe(0)
  expect(stdout).toMatch(/above % /)
  const rows = rowsOf('race/bound.csv')
  expect(rows.map(({ policy }) => policy)).toEqual(['', 'random', 'power-of-two'])
  for (const row of rows.slice(1)) {
    expect(Number(row.busy_usd_gap)).toBeCloseTo(Number(row.busy_usd) / Number(row.bound_busy_usd) - 1, 9)
    expect(Number(row.e2e_mean_gap)).toBeGreaterThan(0)
  }
})

test('an SLO that nobody can meet ends bound with the class, and no results', async () => {
  const { code, stderr } = await place.run('bound', 'hopeless.yaml', '--out', 'none')
  expect(code).toBe(2)
  expect(stderr).toMatch(
    /200 of 200 requests are of class "all" and meet their SLO on no kind of replica even alone: TTFT must be at most 0.001 s, and is 0.02952 s at best, on h100/,
  )
  expect(place.names()).not.toContain('none')
})

test('a load that no fleet of the size can serve in time ends bound with the load and by how much', async () => {
  const { code, stderr } = await place.run('bound', 'crowded.yaml', '--load', '8', '--no-hindsight')
  expect(code).toBe(2)
  expect(stderr).toMatch(
    /for 95 % of the requests at load 8: there would have to be [\d.]+ times as many replicas/,
  )
})
