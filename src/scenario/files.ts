import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { traceInput } from '../arrivals/file.ts'
import { opened } from '../arrivals/formats/detect.ts'
import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { readYaml } from './document.ts'
import { CATALOGUE_KINDS, type CatalogueFile, catalogueFrom } from './entries.ts'
import type { Catalogue } from './facts.ts'
import type { Preset } from './preset-schema.ts'
import { presetFrom, presetSource } from './presets.ts'
import { type ParsedScenario, parseScenario } from './schema.ts'
import { SHIPPED_PRESETS } from './shipped.ts'
import type { OpenTrace } from './workload.ts'

/**
 * Reads the catalogue: of a folder every `{devices,nodes,models,tasks,engines,regions,prices,owners}/*.json` in it, of a file the
 * lists of entries under these names. An entry of a later path takes the place of an earlier path's entry of the same
 * id, and new ids add to it.
 */
export function loadCatalogue(paths: readonly string[]): Catalogue {
  return catalogueFrom(paths.flatMap(catalogueFiles))
}

function catalogueFiles(path: string): CatalogueFile[] {
  if (!existsSync(path)) throw new UserError(`catalogue ${path}: there is no such folder or file`)
  if (!statSync(path).isDirectory()) return [{ file: path, text: textOf(path) }]
  const kinds = CATALOGUE_KINDS.filter(kind => existsSync(join(path, kind)))
  if (kinds.length === 0) {
    throw new UserError(`catalogue ${path}: must have a folder ${CATALOGUE_KINDS.join(' or ')}`)
  }
  return kinds.flatMap(kind => entryFiles(join(path, kind)).map(file => ({ kind, file, text: textOf(file) })))
}

function entryFiles(folder: string): string[] {
  const names = readdirSync(folder).filter(name => name.endsWith('.json'))
  return names.sort().map(name => join(folder, name))
}

/** Reads a scenario file and checks it against the schema. */
export function loadScenario(file: string): ParsedScenario {
  return parseScenario(readYaml(textOf(file), file))
}

/** Opens the traces and presets that a scenario file names. */
export function traceOpener(file: string): OpenTrace {
  return named => {
    if ('trace' in named) {
      return opened(traceInput(shortest(besideScenario(file, named.trace))), named.format, named.options)
    }
    return presetSource(loadPreset(named.preset, file), named.options, named.seed, named.name)
  }
}

/** Reads a preset: one that comes with Regatta by its name, or a JSON file, whose path counts from the scenario's folder. */
export function loadPreset(name: string, scenario: string): Preset {
  const path = name.endsWith('.json') ? besideScenario(scenario, name) : join(SHIPPED_PRESETS, `${name}.json`)
  if (!existsSync(path)) throw new UserError(`preset ${name}: ${suggestion(name, presetNames())}`)
  return presetFrom(textOf(path), path)
}

/** The presets that come with Regatta. */
export function presetNames(): string[] {
  return entryFiles(SHIPPED_PRESETS).map(file => basename(file, '.json'))
}

/** A path that a scenario file names, which counts from the folder of that file. */
export function besideScenario(file: string, path: string): string {
  return isAbsolute(path) ? path : resolve(dirname(file), path)
}

/** The path as messages name it: from the working directory where it lies below. */
export function shortest(path: string): string {
  const below = relative('', path)
  return below === '' || below.startsWith('..') ? path : below
}

/** Throws a UserError, which names the file, where it cannot be read. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UserError(
      `${file}: ${code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${message}`}`,
    )
  }
}
