import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import type { Cell, CellResult, CellRunner } from '../../src/sweeps/contract.ts'
import { fileSha256 } from '../../src/sweeps/files-read.ts'
import type { Pack } from '../../src/sweeps/pack.ts'
import { redisAddress } from '../../src/sweeps/redis/address.ts'
import { type RedisAccess, redisAt } from '../../src/sweeps/redis/connection.ts'
import type { Program } from '../../src/sweeps/redis/contract.ts'
import { redisRunner } from '../../src/sweeps/redis/runner.ts'
import { cellWorker } from '../../src/sweeps/redis/worker.ts'
import { freePort, missingForRedis, RedisServer } from './redis-server.ts'

const missing = missingForRedis()
if (missing !== undefined) console.warn(`SKIPPED: the queue of cells in Redis: ${missing}`)

const HERE: Program = { code: 'one', catalogue: 'mine' }
const resultOf = ({ point, replication }: Cell): CellResult => ({
  hash: `${point}/${replication}`,
  rows: [{ group: 'all', name: 'all', values: [point / 3, null] }],
})

describe.skipIf(missing !== undefined)('the queue of cells in Redis', () => {
  let redis: RedisServer
  let folder: string
  const closing: (() => Promise<void>)[] = []
  const said: string[] = []
  const say = (text: string) => void said.push(text)
  const access = (): Promise<RedisAccess> => redisAt(redisAddress(redis.url))

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'regatta-queue-'))
    redis = new RedisServer(await freePort())
    await redis.start()
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
    await redis.ask('FLUSHALL')
    said.length = 0
  })
  afterAll(async () => {
    await redis.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  async function sweeping(text: string | Buffer): Promise<CellRunner> {
    const source = join(folder, 'experiment.yaml')
    writeFileSync(source, text)
    const path = 'below/experiment.yaml'
    const pack: Pack = { id: 'one', experiment: path, files: [{ path, source, sha256: fileSha256(source) }] }
    const runner = await redisRunner(await access(), { pack, program: HERE, say })
    closing.push(() => runner.close())
    return runner
  }

  async function working(
    run: (cell: Cell, file: string) => Promise<CellResult>,
    program = HERE,
  ): Promise<void> {
    const worker = await cellWorker(await access(), {
      ...{ program, folder: mkdtempSync(join(folder, 'worker-')), cells: 2, say },
      runnerOf: async file => ({ width: 2, run: cell => run(cell, file), close: async () => {} }),
    })
    closing.push(() => worker.close())
  }

  it('hands cells to workers with a pack of any size, and their results back as they were', async () => {
    const text = Buffer.alloc(9_000_000, 'no two lines are alike').fill('x', 8_000_000)
    const read: Buffer[] = []
    await working(async (cell, file) => {
      read.push(readFileSync(file))
      return resultOf(cell)
    })
    const runner = await sweeping(text)
    const cells = Array.from({ length: 40 }, (_, i) => ({ point: i % 5, replication: Math.floor(i / 5) }))
    expect(await Promise.all(cells.map(cell => runner.run(cell)))).toEqual(cells.map(resultOf))
    expect(read).toHaveLength(cells.length)
    expect(read.every(bytes => bytes.equals(text))).toBe(true)
  })

  it('says that no worker is there, and waits for one', async () => {
    const runner = await sweeping('name: mine\n')
    const result = runner.run({ point: 0, replication: 0 })
    await expect
      .poll(() => said, { timeout: 10_000 })
      .toContainEqual(expect.stringMatching(/^no worker is there/))
    expect(said.join()).not.toContain('sesame')
    await working(async cell => resultOf(cell))
    expect(await result).toEqual(resultOf({ point: 0, replication: 0 }))
  })

  it('refuses a worker of another version, and one with another catalogue', async () => {
    for (const [program, says] of [
      [{ ...HERE, code: 'two' }, 'a worker runs regatta two and the sweep one'],
      [{ ...HERE, catalogue: 'yours' }, "a worker's catalogue is not the one of the sweep"],
    ] as const) {
      await working(async cell => resultOf(cell), program)
      const runner = await sweeping('name: mine\n')
      const mistake = await runner.run({ point: 0, replication: 0 }).catch((error: Error) => error)
      expect(mistake).toBeInstanceOf(UserError)
      expect((mistake as Error).message).toContain(says)
      for (const close of closing.splice(0)) await close()
    }
  })

  it('fails all cells with the first mistake, under the paths that the user knows', async () => {
    await working(async ({ point }, file) => {
      if (point === 3) throw new UserError(`${file}:1:1: is wrong`)
      return resultOf({ point, replication: 0 })
    })
    const runner = await sweeping('name: mine\n')
    const ends = await Promise.allSettled([3, 4, 5].map(point => runner.run({ point, replication: 0 })))
    expect(ends[0]).toMatchObject({
      status: 'rejected',
      reason: { message: 'below/experiment.yaml:1:1: is wrong' },
    })
  })

  it('has another try where a worker has failed for a reason of its own', async () => {
    let tries = 0
    await working(async cell => {
      if (tries++ === 0) throw new Error('no space left on device')
      return resultOf(cell)
    })
    const runner = await sweeping('name: mine\n')
    expect(await runner.run({ point: 2, replication: 0 })).toEqual(resultOf({ point: 2, replication: 0 }))
    expect(tries).toBe(2)
    expect(said).toContainEqual(expect.stringContaining('left to other workers: Error: no space left'))
  })

  it('sends again what a Redis without files has lost: its pack and its cells', async () => {
    const runner = await sweeping('name: mine\n')
    const results = Promise.all([0, 1, 2].map(point => runner.run({ point, replication: 0 })))
    await expect.poll(() => redis.ask('DBSIZE')).not.toBe('0')
    await redis.ask('FLUSHALL')
    await working(async cell => resultOf(cell))
    expect(await results).toEqual([0, 1, 2].map(point => resultOf({ point, replication: 0 })))
  })
})
