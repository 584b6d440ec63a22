import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** What is missing to talk to a Redis here; undefined where all is there. */
export function missingForRedis(): string | undefined {
  if (spawnSync('redis-server', ['--version']).error !== undefined) return 'redis-server is not installed'
  const { resolve } = createRequire(import.meta.url)
  try {
    for (const name of ['bullmq', 'ioredis']) resolve(name)
    return undefined
  } catch (error) {
    return (error as Error).message.split('\n')[0]
  }
}

/** A port that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/** A Redis that writes all it is told to a file, and asks for a password. */
export class RedisServer {
  readonly password = 'open sesame'
  readonly port: number
  readonly #folder = mkdtempSync(join(tmpdir(), 'regatta-redis-'))
  #process: ChildProcess | undefined

  constructor(port: number) {
    this.port = port
  }

  get url(): string {
    return `redis://:${encodeURIComponent(this.password)}@127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    const files = ['--appendonly', 'yes', '--save', '', '--dir', this.#folder]
    const access = ['--port', String(this.port), '--bind', '127.0.0.1', '--requirepass', this.password]
    this.#process = spawn('redis-server', [...access, ...files], { stdio: 'ignore' })
    while ((await this.ask('PING')) !== 'PONG') await pause(50)
  }

  /** At once, as by a power cut but for what the system has in its buffers. */
  async kill(): Promise<void> {
    const over = new Promise(resolve => this.#process?.once('exit', resolve))
    this.#process?.kill('SIGKILL')
    await over
  }

  ask(...command: readonly string[]): Promise<string> {
    const args = ['-p', String(this.port), '--no-auth-warning', '-a', this.password, ...command]
    return new Promise(resolve => execFile('redis-cli', args, (_, stdout) => resolve(stdout.trim())))
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
