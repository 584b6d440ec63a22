import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSilent, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { redisAddress } from '../../src/sweeps/redis/address.ts'
import { redisAt } from '../../src/sweeps/redis/connection.ts'
import { Workplace } from '../cli/program.ts'
import { experiment, QUICK } from './experiments.ts'
import { freePort, missingForRedis, RedisServer } from './redis-server.ts'

const missing = missingForRedis()
if (missing !== undefined) console.warn(`SKIPPED: sweeps by way of Redis: ${missing}`)

const REPLICATIONS = 60
const CELLS = 2 * REPLICATIONS

/** A policy that takes its time at the beginning of every run. */
const SLOW = `import { first } from './lib/first.ts'
export default () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40)
  return first
}
`

describe.skipIf(missing !== undefined)('sweep --redis', () => {
  let redis: RedisServer
  let place: Workplace
  /** What killed workers leave behind. */
  let scratch: string
  const usual = process.env.TMPDIR
  const FILES = ['results.csv', 'estimates.csv', 'manifest.json']
  const text = (name: string) => readFileSync(join(place.folder, name), 'utf8')
  const bytes = (out: string) => FILES.map(name => text(join(out, name)))
  const cellsIn = (out: string) => {
    const journal = join(out, 'cells.jsonl')
    return existsSync(join(place.folder, journal)) ? text(journal).split('\n').length - 1 : 0
  }

  async function cellsReach(out: string, cells: number): Promise<void> {
    while (cellsIn(out) < cells) await pause(20)
  }
  const workers: ChildProcess[] = []
  const worker = () => {
    const child = place.start('worker', '--redis', redis.url, '--workers', '1')
    workers.push(child)
    return child
  }
  const sweep = (name: string, url: string) =>
    place.run('sweep', `experiments/${name}.yaml`, '--out', `${name}-by-redis`, '--redis', url)

  beforeAll(async () => {
    place = new Workplace()
    scratch = mkdtempSync(join(tmpdir(), 'regatta-redis-test-'))
    process.env.TMPDIR = scratch
    redis = new RedisServer(await freePort())
    await redis.start()
    place.write('scenarios/quick.yaml', QUICK)
    place.write('scenarios/slow.ts', SLOW)
    place.write('scenarios/lib/first.ts', 'export const first = () => 0\n')
    place.write('scenarios/throws.ts', "export default () => () => { throw new Error('oops') }\n")
    const write = (name: string, yaml: string) =>
      place.write(`experiments/${name}.yaml`, yaml.replace('quick.yaml', '../scenarios/quick.yaml'))
    write('slow', experiment(REPLICATIONS, 'policies: [./slow.ts]\n'))
    write('throws', experiment(300, 'policies: [random, ./throws.ts]\n'))
  })
  afterAll(async () => {
    for (const child of workers) child.kill('SIGKILL')
    await redis.remove()
    place.remove()
    if (usual === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = usual
    rmSync(scratch, { recursive: true, force: true })
  })

  it.each([
    ['is away', async () => `redis://127.0.0.1:${await freePort()}`, 'nothing listens there'],
    ['asks for a password', async () => `redis://127.0.0.1:${redis.port}`, 'it asks for a password'],
    ['has another', async () => `redis://:wrong@127.0.0.1:${redis.port}`, 'it does not know that user and'],
    ['has no such database', async () => `${redis.url}/99`, 'it has no database of that number'],
    ['is none', async () => `redis://127.0.0.1:${await webServer()}`, 'what answers there is no Redis'],
    ['keeps silent', async () => `redis://127.0.0.1:${await silentServer()}`, 'it does not answer'],
    ['is unknown', async () => 'redis://no-such-host.invalid', 'no such host is known'],
  ])('says that the Redis %s, and never the password', async (_, urlOf, says) => {
    const mistake = await redisAt(redisAddress(await urlOf())).catch((error: Error) => error)
    expect(mistake).toBeInstanceOf(UserError)
    expect((mistake as Error).message).toContain(says)
    expect((mistake as Error).message).not.toMatch(/wrong|sesame/)
  })

  it('writes nothing where there is no Redis', async () => {
    const { code, stdout, stderr } = await sweep('slow', `redis://127.0.0.1:${await freePort()}`)
    expect(stderr).toMatch(/^regatta: Redis at redis:.*: nothing listens there; .*\n$/)
    expect([code, stdout]).toEqual([2, ''])
    expect(place.names()).toEqual(['experiments', 'scenarios'])
  })

  it('ends with the mistake that a worker has found, and leaves nothing for workers to do', async () => {
    const child = worker()
    const { code, stderr } = await sweep('throws', redis.url)
    expect(stderr).toMatch(
      /replication \d+ of throws\.ts at workload\.load 0\.4: policy throws\.ts, decision 1/,
    )
    expect(stderr).not.toContain('regatta-worker-')
    expect(code).toBe(2)
    expect(await redis.ask('LLEN', 'regatta:cells:wait')).toBe('0')
    expect(await redis.ask('KEYS', 'regatta:pack:*')).toBe('')
    child.kill('SIGKILL')
  })

  it('comes to the bytes of a sweep on this machine when a worker and Redis are killed in mid-sweep', async () => {
    const local = place.run('sweep', 'experiments/slow.yaml', '--out', 'local', '--workers', '2')
    const [doomed] = [worker(), worker()]
    const over = sweep('slow', redis.url)
    await cellsReach('slow-by-redis', CELLS / 4)
    doomed.kill('SIGKILL')
    await cellsReach('slow-by-redis', CELLS / 2)
    await redis.kill()
    await pause(1_000)
    expect(cellsIn('slow-by-redis')).toBeLessThan(CELLS)
    await redis.start()
    const { code, stderr } = await over
    expect(stderr).toMatch(/has gone away; waiting for it\n.*is back\n/)
    expect(code).toBe(0)
    expect((await local).code).toBe(0)
    expect(bytes('slow-by-redis')).toEqual(bytes('local'))
    expect(cellsIn('slow-by-redis')).toBe(CELLS)
    expect(await redis.ask('KEYS', 'regatta:pack:*')).toBe('')
    // A cell of a worker that is lost is given to another when its lock has run out.
  }, 180_000)
})

function webServer(): Promise<number> {
  return portOf(createServer((_, answer) => answer.end('hello')))
}

function silentServer(): Promise<number> {
  return portOf(createSilent(socket => socket.unref()))
}

function portOf(server: Server): Promise<number> {
  server.unref()
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
