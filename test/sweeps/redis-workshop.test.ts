import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import type { PackStore } from '../../src/sweeps/redis/pack-store.ts'
import { workshop } from '../../src/sweeps/redis/workshop.ts'
import { temporaryFolder } from './fakes.ts'

const parent = temporaryFolder()
const PROGRAM = { code: 'c', catalogue: 'k' }
const CELL = { point: 0, replication: 0 }
const RESULT = { hash: 'h', rows: [] }

/** Packs of one file each; those that begin with a minus are not there. */
const store = {
  get: async (id: string) =>
    id.startsWith('-') ? undefined : { program: PROGRAM, experiment: 'x.yaml', files: [] },
  async unpack(_: string, __: object, folder: string) {
    await pause(5)
    writeFileSync(join(folder, 'x.yaml'), '')
  },
} as unknown as PackStore

/** Its runners cannot do without their file, nor go on once they are closed, which takes its time. */
function made() {
  const folder = mkdtempSync(join(parent, 'workshop-'))
  const opened: string[] = []
  const runnerOf = async (experiment: string) => {
    opened.push(experiment)
    let isClosed = false
    return {
      width: 1,
      async run() {
        await pause(experiment.includes('long') ? 100 : 3)
        if (isClosed || !existsSync(experiment)) throw new UserError(`${experiment}: is gone`)
        return RESULT
      },
      close() {
        isClosed = true
        return pause(30)
      },
    }
  }
  return { shop: workshop(store, { program: PROGRAM, folder, runnerOf }), folder, opened }
}

it('runs all cells of three sweeps that come by turns, each of which may be cleared away and come again', async () => {
  const { shop, folder } = made()
  const ends: Promise<unknown>[] = []
  const lane = async (first: number) => {
    for (let turn = 0; turn < 25; turn++) {
      ends.push(shop.run('ABC'[(first + turn) % 3], CELL))
      await ends.at(-1)!.catch(() => {})
      await pause(first)
    }
  }
  await Promise.all([0, 1, 2].map(lane))
  const results = await Promise.allSettled(ends)
  expect(results.filter(({ status }) => status === 'rejected')).toEqual([])
  await shop.close()
  expect(readdirSync(folder)).toEqual([])
})

it('keeps the threads of two sweeps that come by turns, and not those of a third', async () => {
  const { shop, opened } = made()
  for (const pack of 'ABABAB') await shop.run(pack, CELL)
  expect(opened).toHaveLength(2)
  for (const pack of 'CABC') await shop.run(pack, CELL)
  expect(opened).toHaveLength(6)
})

it('clears no sweep away whose cell is under way', async () => {
  const { shop, opened } = made()
  const long = shop.run('long', CELL)
  for (const pack of 'ABC') await shop.run(pack, CELL)
  expect(await long).toBe(RESULT)
  expect(opened).toHaveLength(4)
})

it('has nothing to run where there is no such pack, and leaves nothing behind', async () => {
  const { shop, folder, opened } = made()
  expect(await Promise.all([shop.run('-', CELL), shop.run('-', CELL)])).toEqual([undefined, undefined])
  expect([opened, readdirSync(folder)]).toEqual([[], []])
})
