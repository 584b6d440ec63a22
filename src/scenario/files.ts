import { existsSync, readdirSync, readFileSync } from 'node:fs'
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
 * Reads the catalogue: every `<folder>/{devices,nodes,models,engines,regions}/*.json`. An entry of a later folder
 * takes the place of an earlier folder's entry of the same id, and new ids add to it.
 */
export function loadCatalogue(folders: readonly string[]): Catalogue {
  return catalogueFrom(folders.flatMap(catalogueFiles))
}

function catalogueFiles(folder: string): CatalogueFile[] {
  if (!existsSync(folder)) throw new UserError(`catalogue ${folder}: there is no such folder`)
  const kinds = CATALOGUE_KINDS.filter(kind => existsSync(join(folder, kind)))
  if (kinds.length === 0) {
    throw new UserError(`catalogue ${folder}: must have a folder ${CATALOGUE_KINDS.join(' or ')}`)
  }
  return kinds.flatMap(kind =>
    readdirSync(join(folder, kind))
      .filter(name => name.endsWith('.json'))
      .sort()
      .map(name => ({ kind, file: join(folder, kind, name), text: text(join(folder, kind, name)) })),
  )
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
