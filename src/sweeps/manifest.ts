import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import { firstDifference } from './difference.ts'
import type { SweepPlan } from './plan.ts'
import { shardText } from './shard.ts'

export const MANIFEST = 'manifest.json'

/** Cells of a folder. */
export interface CellCounts {
  readonly finished: number
  /** In all, as far as finished rounds tell. */
  readonly planned: number
}

/** What manifest.json says of a folder: nothing in it depends on the machine, the hour or the number of threads. */
export interface SweepManifest extends SweepPlan {
  readonly cells: CellCounts
  /** Files of results by name, with their sha256; none before a sweep comes to an end. */
  readonly files: Readonly<Record<string, string>>
}

/** Of a folder of a sweep. Throws a UserError where it has none, or one of something else. */
export function readManifest(folder: string): SweepManifest {
  const manifest = parsed(folder)
  if (isManifest(manifest)) return manifest
  throw new UserError(`${join(folder, MANIFEST)}: is not of a sweep`)
}

export function manifestText(
  plan: SweepPlan,
  { cells, files }: Pick<SweepManifest, 'cells' | 'files'>,
): string {
  return `${JSON.stringify({ ...plan, cells, files }, null, 2)}\n`
}

/** Replaces it at once: whenever the program ends, the old one or the new one is there. */
export function placeManifest(folder: string, text: string): void {
  const draft = join(folder, `.${MANIFEST}`)
  writeFileSync(draft, text)
  renameSync(draft, join(folder, MANIFEST))
}

export function planIn({ cells: _, files: __, ...plan }: SweepManifest): SweepPlan {
  return plan
}

/** In words, where the plan of a folder differs first from the one here; undefined where they are the same. */
export function planDifference(here: SweepPlan, there: SweepPlan): string | undefined {
  // What a user has written comes before what follows from it.
  const { experiment, scenario, ...follows } = here
  const difference = firstDifference(JSON.parse(JSON.stringify({ experiment, scenario, ...follows })), there)
  if (difference === undefined) return undefined
  const { path } = difference
  if (path === 'regatta' || path === 'code')
    return `it was made by regatta ${there.code}, which is not this one`
  if (/^points\..*hash$/.test(path)) return 'its catalogue, traces or policies were others'
  if (/^shard\b/.test(path)) return `${partText(there)} is there and ${partText(here)} here`
  const key = path.replace(/^(experiment|scenario\.resolved)\./, '')
  return `${key} is ${difference.there} there and ${difference.here} here`
}

function partText({ shard }: SweepPlan): string {
  return shard === undefined ? 'the whole of it' : `shard ${shardText(shard)}`
}

function parsed(folder: string): unknown {
  const file = join(folder, MANIFEST)
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new UserError(`${file}: ${isAbsent ? 'no such file; must be a folder of a sweep' : 'is not JSON'}`)
  }
}

function isManifest(value: unknown): value is SweepManifest {
  const keys = ['experiment', 'points', 'replications', 'metrics', 'factors', 'cells', 'files']
  return typeof value === 'object' && value !== null && keys.every(key => key in value)
}
