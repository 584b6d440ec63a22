import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { meanInterval } from '../../src/statistics/interval.ts'
import { isNarrow } from '../../src/statistics/sequential.ts'
import type { Cell } from '../../src/sweeps/contract.ts'
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

/** Whether so many replications tell the metric well enough at a point of it. */
function isKnown(point: number, replications: number): boolean {
  const values = Array.from(
    { length: replications },
    (_, replication) => resultOf(SEQUENTIAL, { point, replication }).rows[0].values[0]!,
  )
  return isNarrow(meanInterval(values, 0.95), 0.04)
}

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
  for (const [point, count] of counts.entries()) expect(count === 40 || isKnown(point, count)).toBe(true)
  expect(new Set(counts).size).toBeGreaterThan(1)
})

it('goes on at all policies of a setting until the last of them has enough, so that all can be paired', async () => {
  const runner = fakeRunner(SEQUENTIAL, 4)
  await sweep(taskOf(SEQUENTIAL), runner, new MemoryJournal())
  const counts = SEQUENTIAL.points.map((_, point) => runner.ran.filter(cell => cell.point === point).length)
  for (const setting of [counts.slice(0, 3), counts.slice(3)]) expect(new Set(setting).size).toBe(1)
  expect(counts.some((count, point) => isKnown(point, count - 1) && isKnown(point, count - 2))).toBe(true)
})

it('says of a point that it stopped at the most before it was known well enough', async () => {
  const { until } = SEQUENTIAL.replications
  const plan = {
    ...SEQUENTIAL,
    replications: { ...SEQUENTIAL.replications, most: 5, until: { ...until!, half_width: 1e-3 } },
  }
  const [, estimates] = await filesOf(plan, 2)
  const noted = estimates.split('\n').filter(line => line.includes('stopped at most = 5 at ± '))
  expect(noted).toHaveLength(plan.points.length)
  for (const line of noted) expect(line).toMatch(/,all,all,ttft_s,.*, where 0\.1 % was asked"$/)
  expect((await filesOf(planWith(), 2))[1]).not.toContain('stopped at most')
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

it('ends with what goes wrong in finding the next cell, and leaves no cell under way', async () => {
  const plan = planWith()
  const runner = fakeRunner(plan, 4)
  const journal = new MemoryJournal()
  const task = taskOf(plan)
  const hashOf = (cell: Cell) => {
    if (cell.point === 3) throw new UserError('a file has gone')
    return task.hashOf(cell)
  }
  await expect(sweep({ ...task, hashOf }, runner, journal)).rejects.toThrow('a file has gone')
  const ran = runner.ran.length
  expect(journal.results.size).toBe(ran)
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(runner.ran).toHaveLength(ran)
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
      cell.replication < 2 ? runner.run(cell) : new Promise<never>(() => {}),
  }
  const onProgress = ({ finished }: SweepProgress) => finished === 6 && stopping.abort()
  await sweep(taskOf(plan), never, journal, { signal: stopping.signal, onProgress })
  expect(journal.results.size).toBe(6)
})
