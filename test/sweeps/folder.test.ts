import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openSweepFolder } from '../../src/sweeps/folder.ts'
import { readManifest } from '../../src/sweeps/manifest.ts'
import { type SweepPlan, taskOf } from '../../src/sweeps/plan.ts'
import { sweep } from '../../src/sweeps/sweep.ts'
import { fakeRunner, planWith, resultOf, temporaryFolder } from './fakes.ts'

const parent = temporaryFolder()
let folders = 0
const newFolder = () => join(parent, `folder-${++folders}`)
const contents = (path: string) =>
  Object.fromEntries(readdirSync(path).map(name => [name, readFileSync(join(path, name), 'utf8')]))

/** A folder in which a plan's sweep has come to its end. */
async function finished(plan: SweepPlan, path = newFolder(), isExtended = false) {
  const folder = openSweepFolder(path, plan, isExtended ? 'extend' : 'sweep')
  const runner = fakeRunner(plan, 2)
  await sweep(taskOf(plan), runner, folder.journal)
  const written = folder.writeResults()
  await folder.close()
  return { path, ran: runner.ran.length, ...written }
}

it('holds the cells, the results and a manifest of both', async () => {
  const plan = planWith()
  const { path, cells, files } = await finished(plan)
  expect(readdirSync(path).sort()).toEqual(['cells.jsonl', 'estimates.csv', 'manifest.json', 'results.csv'])
  expect(files).toEqual(['estimates.csv', 'manifest.json', 'results.csv'])
  expect(cells).toEqual({ finished: 24, planned: 24 })
  const { files: hashes, cells: counted, ...rest } = readManifest(path)
  expect(rest).toEqual(plan)
  expect(counted).toEqual(cells)
  expect(Object.values(hashes).every(hash => /^[0-9a-f]{64}$/.test(hash))).toBe(true)
})

it('has a row for each group of each cell: in order of points, then of replications', async () => {
  const { path } = await finished(planWith())
  const [head, ...lines] = readFileSync(join(path, 'results.csv'), 'utf8').trimEnd().split('\n')
  expect(head).toBe('load,policy,replication,seed,group,name,ttft_s,usd')
  expect(lines).toHaveLength(6 * 4 * 2)
  expect(lines[0]).toBe(`low,a,0,7,all,all,${10 + Math.sin(1)},${1 / 3}`)
  expect(lines[1]).toBe(`low,a,0,7,class,"chat, ""long""",${Math.sin(1)},`)
  expect(lines[2]).toMatch(/^low,a,1,7\/1,all,all,[\d.]+,$/)
  expect(lines[8]).toMatch(/^low,b,0,7,/)
})

it('has an estimate for each metric of each group of each point, and says where one is not what it seems', async () => {
  const { path } = await finished(planWith())
  const [head, ...lines] = readFileSync(join(path, 'estimates.csv'), 'utf8').trimEnd().split('\n')
  expect(head).toBe(
    'load,policy,group,name,metric,mean,half_width,low,high,n,confidence,method,saturated_share,note',
  )
  expect(lines).toHaveLength(6 * 2 * 2)
  const values = [0, 1, 2, 3].map(
    replication => resultOf(planWith(), { point: 0, replication }).rows[0].values[0]!,
  )
  const mean = Number(lines[0].split(',')[5])
  expect(mean).toBeCloseTo(values.reduce((sum, value) => sum + value) / 4, 12)
  // t of 0.975 with 3 degrees of freedom, from a table.
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3)
  expect(Number(lines[0].split(',')[6])).toBeCloseTo((3.182446 * spread) / 2, 5)
  expect(lines[1]).toMatch(/^low,a,all,all,usd,,,,,4,0.95,mean,.*1 of 4 replications/)
})

it('is left as it is by another sweep, which says what differs first', async () => {
  const { path } = await finished(planWith())
  const before = contents(path)
  const others: readonly (readonly [Partial<SweepPlan>, RegExp])[] = [
    [
      { experiment: { name: 'fake', replications: 9 } },
      /holds another sweep: replications is 4 there and 9 here/,
    ],
    [{ experiment: { name: 'fake' } }, /replications is 4 there and nothing here/],
    [
      { scenario: { resolved: { name: 'fake', seed: 8 }, sha256: 'other' } },
      /holds another sweep: seed is 7 there and 8 here/,
    ],
    [{ code: 'newer' }, /was made by regatta code/],
    [{ points: planWith().points.map(point => ({ ...point, hash: 'x' })) }, /catalogue, traces or policies/],
    [{ shard: { index: 1, of: 2 } }, /the whole of it is there and shard 1\/2 here/],
  ]
  for (const [changes, message] of others) {
    expect(() => openSweepFolder(path, planWith(changes))).toThrow(message)
    expect(contents(path)).toEqual(before)
  }
})

it('goes on with what both sweeps have where it is to be extended', async () => {
  const { path } = await finished(planWith())
  const more = planWith({
    experiment: { name: 'fake', replications: 6 },
    replications: { least: 6, most: 6, confidence: 0.95 },
  })
  const extended = await finished(more, path, true)
  expect(extended.ran).toBe(6 * 2)
  expect(contents(path)['results.csv']).toBe(contents((await finished(more)).path)['results.csv'])
  const back = await finished(planWith(), path, true)
  expect(back.ran).toBe(0)
  expect(contents(path)['results.csv']).toBe(contents((await finished(planWith())).path)['results.csv'])
})

it('is not taken from whoever has put other files there', () => {
  const path = newFolder()
  mkdirSync(path)
  writeFileSync(join(path, 'summary.csv'), 'policy\n')
  expect(() => openSweepFolder(path, planWith())).toThrow('holds other files, such as summary.csv')
  writeFileSync(join(path, 'manifest.json'), '{"regatta":"0.1.0"}')
  expect(() => openSweepFolder(path, planWith())).toThrow('is not of a sweep')
  expect(() => openSweepFolder(path, planWith(), 'extend')).toThrow('is not of a sweep')
  expect(readdirSync(path).sort()).toEqual(['manifest.json', 'summary.csv'])
})

it('must be one that can be made', () => {
  const file = newFolder()
  writeFileSync(file, '')
  expect(() => openSweepFolder(join(file, 'out'), planWith())).toThrow(/--out .*: is a file, or inside one/)
  expect(() => openSweepFolder('', planWith())).toThrow('--out is empty')
})

it('is rid of what a killed writer of results left', async () => {
  const { path } = await finished(planWith())
  mkdirSync(join(path, '.unfinished-abc'))
  await openSweepFolder(path, planWith()).close()
  expect(existsSync(join(path, '.unfinished-abc'))).toBe(false)
})
