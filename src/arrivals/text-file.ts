import {
  createWriteStream,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  type WriteStream,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip, type Gzip } from 'node:zlib'
import { UserError } from '../core/errors.ts'

/**
 * A text file that appears whole or not at all: it is written under another name beside its own and moved there by
 * `commit`. Zipped where its name ends in `.gz`.
 */
export class TextFile {
  readonly #path: string
  readonly #temporary: string
  /** The outermost folder that had to be made. */
  readonly #made: string | undefined
  #file: WriteStream | undefined
  #text: Gzip | WriteStream | undefined
  #failed: Error | undefined

  /** Throws a UserError where a file of that name cannot be. */
  constructor(path: string) {
    this.#path = resolve(path)
    try {
      this.#made = mkdirSync(dirname(this.#path), { recursive: true })
    } catch (error) {
      throw this.#mistake(error)
    }
    const isFolder = statSync(this.#path, { throwIfNoEntry: false })?.isDirectory()
    if (isFolder) throw new UserError(`--out ${path}: is a folder; must be a file`)
    this.#temporary = join(dirname(this.#path), `.${basename(this.#path)}-unfinished-${process.pid}`)
  }

  /** Begins anew: what was written before is void. Throws a UserError where no file can be made. */
  begin(): void {
    this.#stop()
    this.#failed = undefined
    this.#file = createWriteStream('', { fd: this.#opened() })
    this.#text = this.#file
    if (this.#path.endsWith('.gz')) {
      const zip = createGzip()
      zip.pipe(this.#file)
      this.#text = zip
    }
    const fail = (error: Error) => {
      this.#failed ??= error
      this.#text?.destroy()
    }
    this.#file.on('error', fail)
    this.#text.on('error', fail)
  }

  /** Waits until there is room for more. Throws a UserError where the disk takes no more. */
  async write(text: string): Promise<void> {
    const stream = this.#text!
    if (this.#failed) throw this.#mistake(this.#failed)
    if (stream.write(text)) return
    await new Promise<void>(resolve => {
      const go = () => {
        stream.off('drain', go).off('close', go)
        resolve()
      }
      stream.on('drain', go).on('close', go)
    })
    if (this.#failed) throw this.#mistake(this.#failed)
  }

  /** Gives the size of the file in bytes. */
  async commit(): Promise<number> {
    try {
      this.#text!.end()
      await finished(this.#file!)
      renameSync(this.#temporary, this.#path)
    } catch (error) {
      throw this.#mistake(this.#failed ?? error)
    }
    return statSync(this.#path).size
  }

  /** Leaves nothing behind, unless committed before. */
  discard(): void {
    this.#stop()
    rmSync(this.#temporary, { force: true })
    if (this.#made !== undefined && !existsSync(this.#path))
      rmSync(this.#made, { recursive: true, force: true })
  }

  #opened(): number {
    try {
      return openSync(this.#temporary, 'w')
    } catch (error) {
      throw this.#mistake(error)
    }
  }

  #stop(): void {
    this.#text?.destroy()
    this.#file?.destroy()
  }

  #mistake(error: unknown): UserError {
    const { code, message } = error as NodeJS.ErrnoException
    return new UserError(`--out ${this.#path}: ${REASONS[code ?? ''] ?? `cannot be written: ${message}`}`)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'may not be written to; check its permissions',
  EPERM: 'may not be written to; check its permissions',
  EROFS: 'is on a read-only file system',
  ENOTDIR: 'lies inside a file; must lie in a folder',
  EEXIST: 'lies inside a file; must lie in a folder',
  ENOENT: 'cannot be made there',
  ENOSPC: 'has no space left',
}
