import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../core/errors.ts'
import { OutputFolder } from '../../results/output-folder.ts'
import type { Experiment } from '../experiment.ts'
import { fileSha256 } from '../files-read.ts'
import { inJournal } from '../folder.ts'
import { MANIFEST, planDifference, planIn, readManifest, type SweepManifest } from '../manifest.ts'
import { packOf, unpackInto } from '../pack.ts'
import { planOf } from '../planned.ts'
import { CHECKSUMS, checkChecksums, writeChecksums } from './checksums.ts'
import { writeDocuments } from './documents.ts'

const INPUTS = 'inputs'
const BUNDLE = 'bundle.json'

/** A folder with all that a reader needs to check the results of a sweep. */
export interface Bundle {
  readonly folder: string
  readonly manifest: SweepManifest
  /** Path of the experiment's file in it. */
  readonly experiment: string
}

/**
 * Writes the bundle of a sweep: its results and manifest, the files that the experiment rests on, seeds, documented
 * columns, a LaTeX table and checksums. Gives the names of the files.
 *
 * Throws a UserError where the sweep is not finished or no longer the experiment's, its results were edited, or the
 * folder holds anything.
 */
export function writeBundle(sweepFolder: string, experiment: Experiment, out: string): readonly string[] {
  const manifest = readManifest(sweepFolder)
  checkBundled(sweepFolder, manifest, experiment)
  checkNew(out)
  const output = new OutputFolder(out)
  try {
    for (const name of [...Object.keys(manifest.files), MANIFEST]) {
      copyFileSync(join(sweepFolder, name), output.file(name))
    }
    const pack = packOf(experiment)
    unpackInto(output.file(INPUTS), pack)
    writeFileSync(output.file(BUNDLE), json({ experiment: `${INPUTS}/${pack.experiment}` }))
    inJournal(sweepFolder, journal => writeDocuments(output.file('.'), planIn(manifest), journal))
    writeChecksums(output.file('.'))
    output.commit([])
    return output.files
  } finally {
    output.discard()
  }
}

/** Throws a UserError where the folder is no bundle, or was edited. */
export function readBundle(folder: string): Bundle {
  checkChecksums(folder)
  const file = join(folder, BUNDLE)
  if (!existsSync(file)) throw new UserError(`${file}: no such file; ${CHECKSUMS} is not of a bundle`)
  const { experiment } = JSON.parse(readFileSync(file, 'utf8')) as { experiment: string }
  return { folder, manifest: readManifest(folder), experiment }
}

function checkBundled(folder: string, manifest: SweepManifest, experiment: Experiment): void {
  const { cells, files } = manifest
  if (manifest.shard !== undefined) {
    throw new UserError(`${folder}: is one shard of a sweep; merge all of them first`)
  }
  if (cells.finished < cells.planned || Object.keys(files).length === 0) {
    throw new UserError(
      `${folder}: has ${cells.finished} of ${cells.planned} cells; must be finished: start its sweep again`,
    )
  }
  const edited = Object.keys(files).find(name => fileSha256(join(folder, name)) !== files[name])
  if (edited !== undefined) throw new UserError(`${join(folder, edited)}: was edited since the sweep`)
  const difference = planDifference(planOf(experiment), planIn(manifest))
  if (difference === undefined) return
  throw new UserError(`${folder}: is not what ${experiment.file} comes to now: ${difference}; sweep it again`)
}

function checkNew(out: string): void {
  if (out === '') throw new UserError('the folder to write to is empty; must be named')
  if (existsSync(out) && readdirSync(out).length > 0) {
    throw new UserError(`${out}: holds files already; must be new or empty`)
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
