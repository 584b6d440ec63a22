import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { meanInterval } from '../../src/statistics/interval.ts'
import { isNarrow } from '../../src/statistics/sequential.ts'
import { openSweepFolder } from '../../src/sweeps/folder.ts'
import { type SweepPlan, taskOf } from '../../src/sweeps/plan.ts'
import { type SweepProgress, sweep } from '../../src/sweeps/sweep.ts'
import { fakeRunner, MemoryJournal, planWith, resultOf, temporaryFolder } from './fakes.ts'

const parent = temporaryFolder()
let folders = 0
const newFolder = () => join(parent, `sweep-${++folders}`)

/** Narrow enough after four replications for some points, and not for others. */
const SEQUENTIAL = planWith({
  replications: {
    least: 3,
    most: 40,
    until: { metric: 'ttft_s', half_width: 0.04 },
    confidence: 0.95,
  },
})

const FILES = ['results.csv', 'estimates.csv', 'manifest.json']

/** Runs a plan on so many at a time, and gives the bytes of what is written. */
async function filesOf(plan: SweepPlan, width: number): Promise<string[]> {
  const folder = openSweepFolder(newFolder(), plan)
  await sweep(taskOf(plan), fakeRunner(plan, width), folder.journal)
  folder.writeResults()
  await folder.close()
  return FILES.map(name => readFileSync(join(folder.path, name), 'utf8'))
}

it.each([
  ['fixed', planWith()],
  ['sequential', SEQUENTIAL],
])('comes to the same bytes whatever the width: %s replications', async (_, plan) => {
  const alone = await filesOf(plan, 1)
  expect(alone[0].split('\n').length).toBeGreaterThan(2 * 6 * 3)
  for (const width of [2, 3, 16, 1000]) expect(await filesOf(plan, width)).toEqual(alone)
})

it('runs every cell once, no more at a time than the runner takes, and a resumed sweep only the others', async () => {
  const plan = planWith()
  const journal = new MemoryJournal()
  const half = [0, 1, 2, 5].flatMap(point => [0, 2].map(replication => ({ point, replication })))
  for (const cell of half) journal.add(resultOf(plan, cell))
  const runner = fakeRunner(plan, 3)
  await sweep(taskOf(plan), runner, journal)
  expect(runner.ran).toHaveLength(6 * 4 - half.length)
  expect(journal.results.size).toBe(6 * 4)
  expect(runner.most()).toBe(3)
  const again = fakeRunner(plan, 3)
  await sweep(taskOf(plan), again, journal)
  expect(again.ran).toEqual([])
})

it('gives points replications until the metric is known well enough, and no more than the most', async () => {
  const journal = new MemoryJournal()
  const runner = fakeRunner(SEQUENTIAL, 4)
  await sweep(taskOf(SEQUENTIAL), runner, journal)
  const counts = SEQUENTIAL.points.map((_, point) => runner.ran.filter(cell => cell.point === point).length)
  for (const [point, count] of counts.entries()) {
    const values = Array.from(
      { length: count },
      (_, replication) => resultOf(SEQUENTIAL, { point, replication }).rows[0].values[0]!,
    )
    expect(count === 40 || isNarrow(meanInterval(values, 0.95), 0.04)).toBe(true)
  }
  expect(new Set(counts).size).toBeGreaterThan(2)
})

it('stops at the most where the metric is not always defined', async () => {
  const plan = {
    ...SEQUENTIAL,
    replications: { ...SEQUENTIAL.replications, most: 9, until: { metric: 'usd', half_width: 0.5 } },
  }
  const runner = fakeRunner(plan, 4)
  await sweep(taskOf(plan), runner, new MemoryJournal())
  expect(runner.ran).toHaveLength(9 * plan.points.length)
})

it('says how far it is: what was there before is finished from the start', async () => {
  const plan = planWith()
  const journal = new MemoryJournal()
  journal.add(resultOf(plan, { point: 0, replication: 0 }))
  const told: SweepProgress[] = []
  await sweep(taskOf(plan), fakeRunner(plan, 2), journal, { onProgress: progress => told.push(progress) })
  expect(told.at(-1)).toEqual({ finished: 24, planned: 24, ran: 23 })
  expect(told.every(({ finished }, i) => i === 0 || finished >= told[i - 1].finished)).toBe(true)
})

it('ends with the first mistake in order of the cells, and keeps what was under way', async () => {
  const plan = planWith()
  const journal = new MemoryJournal()
  const runner = fakeRunner(plan, 8, cell => {
    if (cell.replication % 2 === 1) throw new UserError(`cell ${cell.point}/${cell.replication}`)
    return resultOf(plan, cell)
  })
  await expect(sweep(taskOf(plan), runner, journal)).rejects.toThrow(/^cell 0\/1$/)
  expect(runner.ran.length).toBeLessThan(24)
  expect(journal.results.size).toBe(runner.ran.filter(({ replication }) => replication % 2 === 0).length)
})

it('takes no cell that rests on other files than the sweep', async () => {
  const plan = planWith()
  const runner = fakeRunner(plan, 1, cell => ({ ...resultOf(plan, cell), hash: 'another' }))
  const journal = new MemoryJournal()
  await expect(sweep(taskOf(plan), runner, journal)).rejects.toThrow('other files than the sweep began with')
  expect(journal.results.size).toBe(0)
})

it('ends at once when it is aborted, without the cells under way', async () => {
  const plan = planWith()
  const journal = new MemoryJournal()
  const stopping = new AbortController()
  const runner = fakeRunner(plan, 2)
  const never = {
    ...runner,
    run: (cell: { point: number; replication: number }) =>
      cell.point < 2 ? runner.run(cell) : new Promise<never>(() => {}),
  }
  const onProgress = ({ finished }: SweepProgress) => finished === 8 && stopping.abort()
  await sweep(taskOf(plan), never, journal, { signal: stopping.signal, onProgress })
  expect(journal.results.size).toBe(8)
})
