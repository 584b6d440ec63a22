import {
  closeSync,
  createReadStream,
  existsSync,
  openSync,
  type ReadStream,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { UserError } from '../core/errors.ts'
import type { Bytes } from './bytes.ts'
import type { TraceInput } from './formats/contract.ts'

const CHUNK_BYTES = 1 << 18

/**
 * A trace on disk: a file, or the files of a folder at any depth without hidden ones. Throws a UserError at a folder
 * without files; whether a file can be read shows when it is.
 *
 * @param onRead told how many bytes more have been read from disk
 */
export function traceInput(path: string, onRead: (bytes: number) => void = () => {}): TraceInput {
  const names = isFolder(path) ? filesIn(path) : undefined
  if (names?.length === 0) throw new UserError(`${path}: is a folder without files; must have a trace`)
  const files = names?.map(name => ({ path: name, open: () => fileBytes(join(path, name), onRead) }))
  return { name: path, files: files ?? [{ path: basename(path), open: () => fileBytes(path, onRead) }] }
}

/** Size of a trace on disk, all files of a folder together; 0 where there is none. */
export function traceBytes(path: string): number {
  if (!existsSync(path)) return 0
  return traceFiles(path).reduce((sum, file) => sum + statSync(file).size, 0)
}

/** Paths of the files that a trace consists of, in order. */
export function traceFiles(path: string): string[] {
  return isFolder(path) ? filesIn(path).map(name => join(path, name)) : [path]
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

function filesIn(folder: string, prefix = ''): string[] {
  const entries = readdirSync(join(folder, prefix), { withFileTypes: true })
  const seen = entries.filter(({ name }) => !name.startsWith('.'))
  const paths = seen.flatMap(({ name }) => {
    const path = `${prefix}${name}`
    return isFolder(join(folder, path)) ? filesIn(folder, `${path}/`) : [path]
  })
  return paths.sort()
}

/**
 * The bytes of a file, unzipped if it begins as gzip does, whatever its name. It is opened at the first read;
 * `read` throws a UserError when the file cannot be read or unzipped.
 *
 * @param onRead told how many bytes more have been read from disk
 */
export function fileBytes(path: string, onRead: (bytes: number) => void = () => {}): Bytes {
  let open: Opened | undefined
  let chunks: AsyncIterator<Uint8Array> | undefined
  let told = 0
  let closed = false
  return {
    name: path,
    async read() {
      if (closed) return new Uint8Array(0)
      try {
        open ??= opened(path)
        chunks ??= open.text[Symbol.asyncIterator]()
        const next = await chunks.next()
        onRead(open.file.bytesRead - told)
        told = open.file.bytesRead
        return next.done ? new Uint8Array(0) : next.value
      } catch (error) {
        if (closed) return new Uint8Array(0)
        throw new UserError(`${path}: ${reason(error as NodeJS.ErrnoException)}`)
      }
    },
    close() {
      closed = true
      open?.file.destroy()
      open?.text.destroy()
    },
  }
}

interface Opened {
  readonly file: ReadStream
  /** The same, or unzipped. */
  readonly text: Readable
}

function opened(path: string): Opened {
  const zipped = beginsAsGzip(path)
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  if (!zipped) return { file, text: file }
  const text = createGunzip({ chunkSize: CHUNK_BYTES })
  pipeline(file, text, () => {})
  return { file, text }
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
  ENOTDIR: 'there is no such file',
  EISDIR: 'is a folder; must be a file',
  EACCES: 'may not be read; check its permissions',
  Z_BUF_ERROR: 'the gzip data end too early',
  Z_DATA_ERROR: 'the gzip data are damaged',
}

function reason(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ''] ?? `cannot be read: ${error.message}`
}
