import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { UserError } from '../../core/errors.ts'
import { fileSha256 } from '../files-read.ts'

/** Fingerprints of all other files of a folder, as `sha256sum -c` reads them. */
export const CHECKSUMS = 'checksums.sha256'

export function writeChecksums(folder: string): void {
  const lines = filesUnder(folder).map(name => `${fileSha256(join(folder, name))}  ${name}\n`)
  writeFileSync(join(folder, CHECKSUMS), lines.join(''))
}

/** Throws a UserError that names the first file that is not as it was when the checksums were written. */
export function checkChecksums(folder: string): void {
  const written = checksumsIn(folder)
  for (const [name, sha256] of written) {
    const path = join(folder, name)
    if (!existsSync(path)) throw new UserError(`${path}: is missing; ${CHECKSUMS} lists it`)
    if (fileSha256(path) === sha256) continue
    throw new UserError(`${path}: was edited; it is not the file of which ${CHECKSUMS} has the sha256`)
  }
  const more = filesUnder(folder).find(name => !written.has(name))
  if (more !== undefined)
    throw new UserError(`${join(folder, more)}: was added; ${CHECKSUMS} does not list it`)
}

function checksumsIn(folder: string): Map<string, string> {
  const file = join(folder, CHECKSUMS)
  if (!existsSync(file))
    throw new UserError(`${file}: no such file; must be a folder that regatta bundle has written`)
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return new Map(lines.map((line, i) => checksumOf(line, `${file}:${i + 1}`)))
}

function checksumOf(line: string, place: string): [name: string, sha256: string] {
  const [, sha256, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
  if (name !== undefined && !name.split('/').includes('..')) return [name, sha256]
  throw new UserError(`${place}: must be a sha256, two spaces and the path of a file of the folder`)
}

/** Paths of the files at any depth, with `/`, in order, without the checksums. */
function filesUnder(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry =>
    entry.isFile(),
  )
  const names = entries.map(({ parentPath, name }) => join(parentPath, name).slice(join(folder, sep).length))
  return names
    .map(name => name.split(sep).join('/'))
    .filter(name => name !== CHECKSUMS)
    .sort()
}
