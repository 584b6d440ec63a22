import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { UserError } from '../core/errors.ts'
import type { Bytes } from './bytes.ts'

const CHUNK_BYTES = 1 << 18

/**
 * The bytes of a file, unzipped if it begins as gzip does, whatever its name. It is opened at the first read;
 * `read` throws a UserError when the file cannot be read or unzipped.
 */
export function fileBytes(path: string): Bytes {
  let stream: Readable | undefined
  let chunks: AsyncIterator<Uint8Array> | undefined
  let closed = false
  return {
    name: path,
    async read() {
      if (closed) return new Uint8Array(0)
      try {
        stream ??= opened(path)
        chunks ??= stream[Symbol.asyncIterator]()
        const next = await chunks.next()
        return next.done ? new Uint8Array(0) : next.value
      } catch (error) {
        if (closed) return new Uint8Array(0)
        throw new UserError(`${path}: ${reason(error as NodeJS.ErrnoException)}`)
      }
    },
    close() {
      closed = true
      stream?.destroy()
    },
  }
}

function opened(path: string): Readable {
  const zipped = beginsAsGzip(path)
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  if (!zipped) return file
  const unzip = createGunzip({ chunkSize: CHUNK_BYTES })
  pipeline(file, unzip, () => {})
  return unzip
}

function beginsAsGzip(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const head = new Uint8Array(2)
    return readSync(file, head) === 2 && head[0] === 0x1f && head[1] === 0x8b
  } finally {
    closeSync(file)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a folder; must be a file',
  EACCES: 'may not be read; check its permissions',
  Z_BUF_ERROR: 'the gzip data end too early',
  Z_DATA_ERROR: 'the gzip data are damaged',
}

function reason(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ''] ?? `cannot be read: ${error.message}`
}
