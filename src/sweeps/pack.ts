import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path'
import { UserError } from '../core/errors.ts'
import { sha256Of } from '../scenario/fingerprint.ts'
import { policyChoices } from '../scenario/schema.ts'
import { partsOf } from '../scenario/workload-schema.ts'
import type { Experiment } from './experiment.ts'
import { fileSha256, filesOf } from './files-read.ts'
import { scenarioAt, settingCount } from './settings.ts'

/** A file of a pack. */
export interface PackedFile {
  /** From the pack's root, with `/`. */
  readonly path: string
  /** Where it is on this machine. */
  readonly source: string
  readonly sha256: string
}

/**
 * All files of the user's that an experiment rests on. They lie to each other as they do on this machine, below the
 * nearest folder that holds them all, so that paths from one to another hold wherever they are unpacked.
 */
export interface Pack {
  /** Hash of the paths and of what is in them. */
  readonly id: string
  /** Path of the experiment's file in it. */
  readonly experiment: string
  /** In order of path. */
  readonly files: readonly PackedFile[]
}

/** Throws a UserError where a file cannot be read, or would not be found where the pack is unpacked. */
export function packOf(experiment: Experiment): Pack {
  checkRelative(experiment)
  const sources = filesOf(experiment)
  checkNoPackages(sources)
  const root = commonFolder(sources)
  const pathOf = (source: string) => relative(root, source).split(sep).join('/')
  const files = sources
    .map(source => ({ path: pathOf(source), source, sha256: fileSha256(source) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  const main = pathOf(experiment.file)
  const contents = files.map(({ path, sha256 }) => [path, sha256])
  return { id: sha256Of(JSON.stringify([main, contents])), experiment: main, files }
}

/** Copies its files under a folder. */
export function unpackInto(folder: string, { files }: Pack): void {
  for (const { path, source } of files) {
    const target = join(folder, insideOf(path))
    mkdirSync(dirname(target), { recursive: true })
    copyFileSync(source, target)
  }
}

/** The path of a pack as one of this machine. Throws a UserError where it leads out of the pack's folder. */
export function insideOf(path: string): string {
  const inside = normalize(path)
  if (isAbsolute(path) || path.includes('\\') || inside.split(sep)[0] === '..') {
    throw new UserError(`a pack has the path ${path}; must lie below the folder of the pack`)
  }
  return inside
}

/** A path from the root of this machine leads elsewhere on another. */
function checkRelative(experiment: Experiment): void {
  const absolute = pathsGiven(experiment).find(path => isAbsolute(path))
  if (absolute === undefined) return
  throw new UserError(
    `${absolute} is named from the root of this machine; must be named from the folder of the file that names it, ` +
      'to be found on others',
  )
}

/** As the files have them. */
function pathsGiven(experiment: Experiment): string[] {
  const { scenario, catalogue = [] } = experiment.spec
  const settings = Array.from({ length: settingCount(experiment) }, (_, setting) => setting)
  return [scenario, ...catalogue, ...settings.flatMap(setting => pathsOfSetting(experiment, setting))]
}

function pathsOfSetting(experiment: Experiment, setting: number): string[] {
  const { workload, policies } = scenarioAt(experiment, setting).scenario
  const read = partsOf(workload).flatMap(part =>
    'trace' in part ? [part.trace] : 'preset' in part ? [part.preset] : [],
  )
  return [...read, ...policyChoices(policies).map(({ name }) => name)]
}

function checkNoPackages(files: readonly string[]): void {
  const inPackage = files.find(file => file.split(sep).includes('node_modules'))
  if (inPackage === undefined) return
  throw new UserError(`${inPackage} belongs to a package, which cannot be packed; name the policy's own file`)
}

function commonFolder(files: readonly string[]): string {
  const parts = files.map(file => dirname(file).split(sep))
  const [first] = parts
  const depth = first.findIndex((part, i) => parts.some(other => other[i] !== part))
  return (depth < 0 ? first : first.slice(0, depth)).join(sep) || sep
}
