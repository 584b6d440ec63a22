import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { cellHash } from '../../src/sweeps/cell-hash.ts'
import type { Cell, CellResult, CellRunner, Journal } from '../../src/sweeps/contract.ts'
import type { SweepPlan } from '../../src/sweeps/plan.ts'

/** A folder of a test's own, gone after the file's tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'regatta-sweeps-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Of two factors; replications can be changed. */
export function planWith(changes: Partial<SweepPlan> = {}): SweepPlan {
  const points = ['low', 'high'].flatMap(load =>
    ['a', 'b', 'c'].map(policy => ({ levels: [load], policy, hash: `${load}-${policy}` })),
  )
  return {
    regatta: '0.0.0',
    code: 'code',
    experiment: { name: 'fake', replications: 4 },
    scenario: { resolved: { name: 'fake', seed: 7 }, sha256: 'scenario' },
    seed: 7,
    confidence: 0.95,
    replications: { least: 4, most: 4, confidence: 0.95 },
    factors: ['load'],
    metrics: ['ttft_s', 'usd'],
    points,
    ...changes,
  }
}

/** What a fake cell comes to: a number for each metric, and a class beside all. */
export function resultOf(plan: SweepPlan, { point, replication }: Cell): CellResult {
  const value = Math.sin(1 + 31 * point + 7 * replication)
  return {
    hash: cellHash(plan.points[point].hash, replication),
    rows: [
      { group: 'all', name: 'all', values: [10 + value, replication === 1 ? null : 1 / 3] },
      { group: 'class', name: 'chat, "long"', values: [value, null] },
    ],
  }
}

export interface FakeRunner extends CellRunner {
  /** In the order in which they were begun. */
  readonly ran: Cell[]
  /** The most at a time. */
  readonly most: () => number
}

/** Runs cells in times that have nothing to do with their order. */
export function fakeRunner(
  plan: SweepPlan,
  width: number,
  run: (cell: Cell) => CellResult = cell => resultOf(plan, cell),
): FakeRunner {
  const ran: Cell[] = []
  let underWay = 0
  let most = 0
  return {
    width,
    ran,
    most: () => most,
    async run(cell) {
      ran.push(cell)
      most = Math.max(most, ++underWay)
      for (let turn = (cell.point * 5 + cell.replication * 3) % 7; turn >= 0; turn--) {
        await new Promise(resolve => setImmediate(resolve))
      }
      underWay--
      return run(cell)
    },
    close: async () => {},
  }
}

export class MemoryJournal implements Journal {
  readonly results = new Map<string, CellResult>()
  has = (hash: string) => this.results.has(hash)
  add = (result: CellResult) => void this.results.set(result.hash, result)
  get = (hash: string) => this.results.get(hash)!
  close = async () => {}
}
