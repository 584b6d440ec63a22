import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CellRunner } from '../contract.ts'
import type { Experiment } from '../experiment.ts'
import { fileSha256 } from '../files-read.ts'
import { openSweepFolder, type SweepFolder } from '../folder.ts'
import { loadExperiment } from '../load-experiment.ts'
import { planDifference, planIn } from '../manifest.ts'
import { taskOf } from '../plan.ts'
import { planOf } from '../planned.ts'
import { ESTIMATES, RESULTS } from '../result-files.ts'
import { type SweepHooks, sweep } from '../sweep.ts'
import { type Bundle, readBundle } from './bundle.ts'
import { type CsvDifference, csvDifference } from './csv-difference.ts'

/** What running a bundle's sweep again has come to. */
export interface Verification {
  readonly cells: number
  /** In words, what is not the same here as where the bundle was made; undefined where nothing is. */
  readonly otherwise: string | undefined
  /** The first difference of the results: here is what was run now, there the bundle. */
  readonly difference: (CsvDifference & { readonly file: string }) | undefined
}

/**
 * Runs the sweep of a bundle again in a temporary folder and compares the bytes of the results.
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
    const cells = await swept(again, runnerOf(experiment), hooks)
    const otherwise = planDifference(plan, planIn(bundle.manifest))
    return { cells, otherwise, difference: await firstDifference(temporary, bundle) }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

async function swept(folder: SweepFolder, runner: CellRunner, hooks: SweepHooks): Promise<number> {
  try {
    await sweep(taskOf(folder.plan), runner, folder.journal, hooks)
    return folder.writeResults().cells.finished
  } finally {
    await runner.close()
    await folder.close()
  }
}

async function firstDifference(here: string, { folder }: Bundle): Promise<Verification['difference']> {
  const names = [RESULTS, ESTIMATES]
  const file = names.find(name => fileSha256(join(here, name)) !== fileSha256(join(folder, name)))
  if (file === undefined) return undefined
  const difference = await csvDifference(join(here, file), join(folder, file))
  return { file, ...(difference ?? ENDS) }
}

/** All that is left where bytes differ and lines do not. */
const ENDS: CsvDifference = { line: 1, here: 'ends of lines', there: 'other ends of lines' }
