import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { UserError } from '../core/errors.ts'

const MANIFEST = 'manifest.json'

/** What there is of a folder of results before it appears. */
export interface Unfinished {
  readonly final: string
  readonly temporary: string
  /** The outermost folder that had to be made. */
  readonly made: string | undefined
}

/** Leaves nothing behind, unless the folder has appeared. */
export function discardUnfinished({ final, temporary, made }: Unfinished): void {
  rmSync(temporary, { recursive: true, force: true })
  if (made !== undefined && !existsSync(final)) rmSync(made, { recursive: true, force: true })
}

/**
 * A folder of results that appears whole or not at all: files are written to a temporary folder beside it and
 * moved under their names by `commit`.
 */
export class OutputFolder {
  /** As the user gave it. */
  readonly path: string
  readonly #final: string
  readonly #temporary: string
  /** Names of the files committed. */
  files: readonly string[] = []
  readonly #made: string | undefined

  /** Makes the temporary folder. Throws a UserError where the folder cannot be written to. */
  constructor(path: string) {
    this.path = path
    this.#final = resolve(path)
    try {
      this.#made = mkdirSync(dirname(this.#final), { recursive: true })
      this.#temporary = this.#makeTemporary()
    } catch (error) {
      throw new UserError(`--out ${path}: ${whyUnwritable(error as NodeJS.ErrnoException)}`)
    }
  }

  /** Where to write a file of that name. */
  file(name: string): string {
    return join(this.#temporary, name)
  }

  /**
   * Moves every file to its final name; the manifest, which vouches for the others, last.
   *
   * @param known names that an earlier run may have left there; those not written anew go
   */
  commit(known: readonly string[]): void {
    this.files = readdirSync(this.#temporary).sort()
    if (!existsSync(this.#final)) {
      renameSync(this.#temporary, this.#final)
      return
    }
    for (const name of known) if (!this.files.includes(name)) rmSync(join(this.#final, name), { force: true })
    const others = this.files.filter(name => name !== MANIFEST)
    for (const name of [...others, ...this.files.filter(name => name === MANIFEST)]) {
      renameSync(this.file(name), join(this.#final, name))
    }
    rmSync(this.#temporary, { recursive: true, force: true })
  }

  /** For whoever has to discard it from elsewhere. */
  get unfinished(): Unfinished {
    return { final: this.#final, temporary: this.#temporary, made: this.#made }
  }

  /** Leaves nothing behind, unless committed before. */
  discard(): void {
    discardUnfinished(this.unfinished)
  }

  /** Inside a folder that exists, so that moving never crosses file systems; else beside it. */
  #makeTemporary(): string {
    if (existsSync(this.#final)) {
      if (!statSync(this.#final).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
      return mkdtempSync(join(this.#final, '.unfinished-'))
    }
    const folder = mkdtempSync(join(dirname(this.#final), `.${basename(this.#final)}-unfinished-`))
    chmodSync(folder, 0o777 & ~process.umask())
    return folder
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'may not be written to; check its permissions',
  EPERM: 'may not be written to; check its permissions',
  EROFS: 'is on a read-only file system',
  ENOTDIR: 'is a file, or inside one; must be a folder',
  EEXIST: 'is a file, or inside one; must be a folder',
  ENOENT: 'cannot be made there',
  ENOSPC: 'has no space left',
}

/** In words, after the name of a folder. */
export function whyUnwritable(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ''] ?? `cannot be written to: ${error.message}`
}
