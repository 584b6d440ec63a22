import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readResults } from '../../../src/sweeps/analysis/saved-results.ts'
import { openSweepFolder } from '../../../src/sweeps/folder.ts'
import { groupSeries, valuesOf } from '../../../src/sweeps/group-series.ts'
import { taskOf } from '../../../src/sweeps/plan.ts'
import { sweep } from '../../../src/sweeps/sweep.ts'
import { messageOf } from '../../scenario/helpers.ts'
import { fakeRunner, planWith, resultOf, temporaryFolder } from '../fakes.ts'

const parent = temporaryFolder()
let folders = 0

/** A folder in which the sweep of a plan has come to its end. */
async function swept(plan = planWith()): Promise<string> {
  const folder = openSweepFolder(join(parent, `sweep-${++folders}`), plan)
  await sweep(taskOf(plan), fakeRunner(plan, 2), folder.journal)
  folder.writeResults()
  await folder.close()
  return folder.path
}

/** A file of results by itself. */
function alone(text: string): string {
  const file = join(parent, `results-${++folders}.csv`)
  writeFileSync(file, text)
  return file
}

const HEAD = 'load,policy,replication,seed,group,name,ttft_s'

it('are what the sweep has found, to the last bit, group by group', async () => {
  const plan = planWith()
  const results = readResults(await swept(plan))
  expect([results.factors, results.columns]).toEqual([['load'], ['ttft_s', 'usd']])
  expect(results.manifest?.confidence).toBe(0.95)
  expect(results.points.map(({ levels, policy }) => `${levels}-${policy}`)).toEqual(
    plan.points.map(({ hash }) => hash),
  )
  const [all, chat] = groupSeries(results.columns, results.points[4])
  const cells = [0, 1, 2, 3].map(replication => resultOf(plan, { point: 4, replication }))
  expect([...valuesOf(all, 'ttft_s')]).toEqual(cells.map(({ rows }) => rows[0].values[0]))
  expect([...valuesOf(all, 'usd')]).toEqual([1 / 3, Number.NaN, 1 / 3, 1 / 3])
  expect(chat.name).toBe('chat, "long"')
})

it('may be read from the file, in any order of rows, with the manifest beside it or without', async () => {
  const folder = await swept()
  const [head, ...lines] = readFileSync(join(folder, 'results.csv'), 'utf8').trimEnd().split('\n')
  const turned = readResults(alone([head, ...lines.reverse()].join('\n')))
  const given = readResults(join(folder, 'results.csv'))
  expect(given.manifest?.metrics).toEqual(['ttft_s', 'usd'])
  expect(turned.manifest).toBeUndefined()
  const values = (results: typeof given, point: number) => {
    const series = groupSeries(results.columns, results.points[point]).find(({ group }) => group === 'all')!
    return [series.policy, [...series.replications], [...valuesOf(series, 'ttft_s')]]
  }
  expect(values(turned, 5)).toEqual(values(given, 0))
})

it('are refused where they are not there, not whole, or not those of the manifest', async () => {
  expect(messageOf(() => readResults(join(parent, 'nowhere.csv')))).toContain('must be the folder of a sweep')
  const folder = await swept()
  writeFileSync(join(folder, 'results.csv'), `${readFileSync(join(folder, 'results.csv'), 'utf8')}\n`)
  expect(messageOf(() => readResults(folder))).toContain('was edited since the sweep')
  const begun = openSweepFolder(join(parent, 'begun'), planWith())
  await begun.close()
  expect(messageOf(() => readResults(begun.path))).toContain('has no results yet')
  expect(messageOf(() => readResults(alone(HEAD)))).toContain('has no rows')
})

it.each([
  ['policy,ttft_s\na,1', ':1: has no column replication where a sweep writes it'],
  ['run,ttft_s\na,1', ':1: has no column policy where'],
  [`${HEAD}\nlow,a,0,7,all,all,fast`, ":2: ttft_s is 'fast'; must be a number or blank"],
  [`${HEAD}\nlow,a,0,7,all,all,1\nlow,a,1.5,7,all,all,1`, ":3: replication is '1.5'; must be a whole number"],
  [`${HEAD}\nlow,a,0,7,team,all,1`, ":2: group is 'team'; must be all, class or tenant"],
  [`${HEAD}\nlow,a,0,7,all,all`, ':2: has 6 cells; must have 7'],
  [`${HEAD}\nlow,a,0,7,all,all,1\nlow,a,0,7,all,all,1`, ':3: has replication 0 of its point once more'],
])('are refused with line and column where a sweep does not write such: %j', (text, message) => {
  expect(messageOf(() => readResults(alone(text)))).toContain(message)
})
