import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { azure2023 } from '../arrivals/azure2023.ts'
import { fileBytes } from '../arrivals/file.ts'
import { UserError } from '../core/errors.ts'
import { readYaml } from './document.ts'
import { CATALOGUE_KINDS, type CatalogueFile, catalogueFrom } from './entries.ts'
import type { Catalogue } from './facts.ts'
import { type ParsedScenario, parseScenario } from './schema.ts'
import type { OpenTrace } from './workload.ts'

/**
 * Reads the catalogue: of a folder every `{devices,nodes,models,tasks,engines,regions}/*.json` in it, of a file the
 * lists of entries under these names. An entry of a later path takes the place of an earlier path's entry of the same
 * id, and new ids add to it.
 */
export function loadCatalogue(paths: readonly string[]): Catalogue {
  return catalogueFrom(paths.flatMap(catalogueFiles))
}

function catalogueFiles(path: string): CatalogueFile[] {
  if (!existsSync(path)) throw new UserError(`catalogue ${path}: there is no such folder or file`)
  if (!statSync(path).isDirectory()) return [{ file: path, text: text(path) }]
  const kinds = CATALOGUE_KINDS.filter(kind => existsSync(join(path, kind)))
  if (kinds.length === 0) {
    throw new UserError(`catalogue ${path}: must have a folder ${CATALOGUE_KINDS.join(' or ')}`)
  }
  return kinds.flatMap(kind => entryFiles(join(path, kind)).map(file => ({ kind, file, text: text(file) })))
}

function entryFiles(folder: string): string[] {
  const names = readdirSync(folder).filter(name => name.endsWith('.json'))
  return names.sort().map(name => join(folder, name))
}

/** Reads a scenario file and checks it against the schema. */
export function loadScenario(file: string): ParsedScenario {
  return parseScenario(readYaml(text(file), file))
}

/** Opens the traces that a scenario file names. */
export function traceOpener(file: string): OpenTrace {
  return ({ trace, class: className }) => azure2023(fileBytes(besideScenario(file, trace)), className)
}

/** A path that a scenario file names, which counts from the folder of that file. */
export function besideScenario(file: string, path: string): string {
  return isAbsolute(path) ? path : resolve(dirname(file), path)
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UserError(
      `${file}: ${code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${message}`}`,
    )
  }
}
