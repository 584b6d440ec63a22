import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CellRunner } from '../contract.ts'
import type { Experiment } from '../experiment.ts'
import { fileSha256 } from '../files-read.ts'
import { openSweepFolder, type SweepFolder } from '../folder.ts'
import { loadExperiment } from '../load-experiment.ts'
import { planDifference, planIn, readManifest, type SweepManifest } from '../manifest.ts'
import { taskOf } from '../plan.ts'
import { planOf } from '../planned.ts'
import { RESULTS } from '../result-files.ts'
import { type SweepHooks, sweep } from '../sweep.ts'
import { type Bundle, readBundle } from './bundle.ts'
import { type CsvDifference, csvDifference } from './csv-difference.ts'
import { DOCUMENTS, writeDocuments } from './documents.ts'

const PARQUET = '.parquet'

/** A difference of two files that are no tables is that of their lines. */
export interface FileDifference extends CsvDifference {
  readonly file: string
}

/** What running a bundle's sweep again has come to. */
export interface Verification {
  readonly cells: number
  /** In words, what is not the same here as where the bundle was made; undefined where nothing is. */
  readonly otherwise: string | undefined
  /** The first difference of results and documents: here is what was run now, there the bundle. */
  readonly difference: FileDifference | undefined
}

/**
 * Runs the sweep of a bundle again in a temporary folder and compares the bytes of all that it comes to: results and
 * documents.
 *
 * Throws a UserError where the folder is no bundle, or a file of it was edited.
 */
export async function verifyBundle(
  folder: string,
  runnerOf: (experiment: Experiment) => CellRunner,
  hooks: SweepHooks = {},
): Promise<Verification> {
  const bundle = readBundle(folder)
  const experiment = loadExperiment(join(folder, bundle.experiment))
  const plan = planOf(experiment)
  const temporary = mkdtempSync(join(tmpdir(), 'regatta-verify-'))
  try {
    const again = openSweepFolder(temporary, plan)
    const cells = await swept(again, bundle.manifest, runnerOf(experiment), hooks)
    const otherwise = planDifference(plan, planIn(bundle.manifest))
    return { cells, otherwise, difference: await firstDifference(temporary, bundle) }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

async function swept(
  folder: SweepFolder,
  { files }: SweepManifest,
  runner: CellRunner,
  hooks: SweepHooks,
): Promise<number> {
  try {
    await sweep(taskOf(folder.plan), runner, folder.journal, hooks)
    const parquet = Object.keys(files).some(name => name.endsWith(PARQUET))
    const { cells } = folder.writeResults({ parquet })
    writeDocuments(folder.path, folder.plan, folder.journal)
    return cells.finished
  } finally {
    await runner.close()
    await folder.close()
  }
}

async function firstDifference(
  here: string,
  { folder, manifest }: Bundle,
): Promise<FileDifference | undefined> {
  const listed = [readManifest(here), manifest].flatMap(({ files }) => Object.keys(files))
  for (const file of new Set([...listed.toSorted(tablesFirst), ...DOCUMENTS])) {
    const difference = await fileDifference(join(here, file), join(folder, file))
    if (difference !== undefined) return { file, ...difference }
  }
  return undefined
}

/** What runs come to first, then what follows from it; what can be read before what cannot. */
function tablesFirst(a: string, b: string): number {
  return rank(a) - rank(b)
}

function rank(file: string): number {
  if (file.endsWith(PARQUET)) return 2
  return file === RESULTS ? 0 : 1
}

async function fileDifference(here: string, there: string): Promise<CsvDifference | undefined> {
  const [isHere, isThere] = [existsSync(here), existsSync(there)]
  if (!isHere || !isThere) return { line: 1, here: presence(isHere), there: presence(isThere) }
  if (fileSha256(here) === fileSha256(there)) return undefined
  if (here.endsWith(PARQUET)) return { line: 1, here: 'bytes', there: 'other bytes' }
  return (await csvDifference(here, there)) ?? ENDS
}

function presence(isThere: boolean): string {
  return isThere ? 'a file' : 'no such file'
}

/** All that is left where bytes differ and lines do not. */
const ENDS: CsvDifference = { line: 1, here: 'ends of lines', there: 'other ends of lines' }
