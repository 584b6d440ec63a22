import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import type { TransitionResult } from '../planning/transitions/contract.ts'
import type { Transition } from '../planning/transitions/load-transition.ts'
import { quarterText } from '../planning/transitions/quarters.ts'
import type { OutputFolder } from '../results/output-folder.ts'
import { parquetName, writeTable } from '../results/table-file.ts'
import { catalogueFingerprint, fingerprint } from '../scenario/fingerprint.ts'
import { version } from '../sweeps/program.ts'
import { transitionFiles, transitionRows } from './transition-columns.ts'

const MANIFEST = 'manifest.json'
const TABLES = Object.keys(transitionFiles) as (keyof typeof transitionFiles)[]

/** Throws a UserError where the folder holds results, or files by the names of ours, that no transition wrote. */
export function checkTransitionFolder(path: string): void {
  if (isOfTransition(join(path, MANIFEST))) return
  const strange = [MANIFEST, ...TABLES].find(name => existsSync(join(path, name)))
  if (strange !== undefined) {
    throw new UserError(`--out ${path}: has a ${strange} that no transition wrote; must be another folder`)
  }
}

function isOfTransition(manifest: string): boolean {
  try {
    return 'transition' in JSON.parse(readFileSync(manifest, 'utf8'))
  } catch {
    return false
  }
}

/** Writes tables and manifest, and lets them appear. */
export function writeTransition(
  folder: OutputFolder,
  result: TransitionResult,
  {
    transition,
    file,
    parquet,
  }: { readonly transition: Transition; readonly file: string; readonly parquet: boolean },
): void {
  const rows = transitionRows(result)
  for (const name of TABLES) {
    const { columns } = transitionFiles[name]
    writeTable(name, columns as never, rows[name], { file: name => folder.file(name), parquet })
  }
  writeFileSync(folder.file(MANIFEST), `${JSON.stringify(manifestOf(result, transition, file), null, 2)}\n`)
  folder.commit([...TABLES, ...TABLES.map(parquetName), MANIFEST])
}

/** What the results were made from: nothing here depends on the machine or the hour. */
function manifestOf(result: TransitionResult, { spec, catalogue }: Transition, file: string) {
  const { draws, ratingDraws, attainmentDraws } = result
  return {
    regatta: version(),
    transition: {
      ...fingerprint(file),
      resolved: { ...spec, from: quarterText(spec.from), to: quarterText(spec.to) },
    },
    seed: spec.seed,
    draws,
    rating_draws: ratingDraws,
    attainment_draws: attainmentDraws,
    catalogue_sha256: catalogueFingerprint(catalogue),
  }
}
