import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Queue } from 'bullmq'
import { UserError } from '../../core/errors.ts'
import { insideOf, type Pack } from '../pack.ts'
import { PREFIX, type Program } from './contract.ts'

/** The commands of a Redis client that keeping packs takes. */
interface Hashes {
  hset(key: string, values: Readonly<Record<string, string>>): Promise<number>
  hget(key: string, field: string): Promise<string | null>
  expire(key: string, seconds: number): Promise<number>
  del(key: string): Promise<number>
}

/** A pack as Redis keeps it: what is in it, beside the chunks of its files. */
export interface StoredPack {
  readonly program: Program
  /** Path of the experiment's file. */
  readonly experiment: string
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly chunks: number }[]
}

/** Packs in Redis, each in one hash under its id. */
export interface PackStore {
  put(id: string, pack: Pack, program: Program): Promise<void>
  /** Puts off the time at which it goes by itself. Gives whether it is there. */
  keep(id: string): Promise<boolean>
  /** What is in it; undefined where there is no such pack. */
  get(id: string): Promise<StoredPack | undefined>
  /** Writes its files under a folder. Throws a UserError where Redis has lost some of it. */
  unpack(id: string, stored: StoredPack, folder: string): Promise<void>
  remove(id: string): Promise<void>
}

/** A pack that nobody keeps goes after a day: its sweep has been killed. */
const KEPT_S = 86_400
const CHUNK_BYTES = 4 * 2 ** 20
const zipped = promisify(gzip)
const unzipped = promisify(gunzip)

export async function packStore(queue: Queue): Promise<PackStore> {
  const redis = (await queue.getBackend().client) as unknown as Hashes
  return {
    put: (id, pack, program) => put(redis, id, pack, program),
    keep: async id =>
      (await redis.expire(keyOf(id), KEPT_S)) === 1 && (await stored(redis, id)) !== undefined,
    get: id => stored(redis, id),
    unpack: async (id, { files }, folder) => {
      for (const file of files) await unpackFile(redis, id, file, join(folder, insideOf(file.path)))
    },
    remove: async id => {
      await redis.del(keyOf(id))
    },
  }
}

function keyOf(id: string): string {
  return `${PREFIX}:pack:${id}`
}

/** What is in it comes last: a pack that says so is whole. */
async function put(redis: Hashes, id: string, { experiment, files }: Pack, program: Program): Promise<void> {
  const described: StoredPack['files'][number][] = []
  for (const { path, source, sha256 } of files) {
    described.push({ path, sha256, chunks: await putFile(redis, id, source, sha256) })
  }
  const about: StoredPack = { program, experiment, files: described }
  await redis.hset(keyOf(id), { about: JSON.stringify(about) })
  await redis.expire(keyOf(id), KEPT_S)
}

async function putFile(redis: Hashes, id: string, source: string, sha256: string): Promise<number> {
  const file = openSync(source, 'r')
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES)
    for (let chunk = 0; ; chunk++) {
      const length = readSync(file, buffer)
      if (length === 0) return chunk
      const text = (await zipped(buffer.subarray(0, length))).toString('base64')
      await redis.hset(keyOf(id), { [`${sha256}/${chunk}`]: text })
      await redis.expire(keyOf(id), KEPT_S)
    }
  } finally {
    closeSync(file)
  }
}

async function stored(redis: Hashes, id: string): Promise<StoredPack | undefined> {
  const about = await redis.hget(keyOf(id), 'about')
  return about === null ? undefined : (JSON.parse(about) as StoredPack)
}

async function unpackFile(
  redis: Hashes,
  id: string,
  { path, sha256, chunks }: StoredPack['files'][number],
  target: string,
): Promise<void> {
  mkdirSync(dirname(target), { recursive: true })
  const hash = createHash('sha256')
  const file = openSync(target, 'w')
  try {
    for (let chunk = 0; chunk < chunks; chunk++) {
      const bytes = await chunkOf(redis, id, `${sha256}/${chunk}`)
      hash.update(bytes)
      writeSync(file, bytes)
    }
  } finally {
    closeSync(file)
  }
  if (hash.digest('hex') === sha256) return
  throw new UserError(`Redis holds other bytes of ${path} than its sweep has sent; start the sweep again`)
}

/** Nothing where there is no such chunk. */
async function chunkOf(redis: Hashes, id: string, name: string): Promise<Buffer> {
  const text = await redis.hget(keyOf(id), name)
  return text === null ? Buffer.alloc(0) : unzipped(Buffer.from(text, 'base64'))
}
