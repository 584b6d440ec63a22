import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import type { Plan } from '../planning/fleets/load.ts'
import type { OutputFolder } from '../results/output-folder.ts'
import { parquetName, writeTable } from '../results/table-file.ts'
import { catalogueFingerprint, fingerprint } from '../scenario/fingerprint.ts'
import { version } from '../sweeps/program.ts'
import { breakEvenFiles, breakEvenRows } from './break-even-columns.ts'
import type { BreakEvenReport } from './break-even-text.ts'

const MANIFEST = 'manifest.json'
const TABLE = 'break-even.csv'

/** Throws a UserError where the folder holds results, or a file by the name of ours, that no break-even wrote. */
export function checkBreakEvenFolder(path: string): void {
  if (isOfBreakEven(join(path, MANIFEST))) return
  const strange = [MANIFEST, TABLE].find(name => existsSync(join(path, name)))
  if (strange !== undefined) {
    throw new UserError(`--out ${path}: has a ${strange} that no break-even wrote; must be another folder`)
  }
}

function isOfBreakEven(manifest: string): boolean {
  try {
    return 'break_even' in JSON.parse(readFileSync(manifest, 'utf8'))
  } catch {
    return false
  }
}

/** What the results are made from. */
export interface BreakEvenOrigin {
  readonly plan: Plan
  readonly file: string
  readonly between?: string
  readonly parquet: boolean
}

/** Writes table and manifest, and lets them appear. */
export function writeBreakEven(folder: OutputFolder, report: BreakEvenReport, origin: BreakEvenOrigin): void {
  const { columns } = breakEvenFiles[TABLE]
  const { parquet } = origin
  writeTable(TABLE, columns, breakEvenRows(report.pairs), { file: name => folder.file(name), parquet })
  writeFileSync(folder.file(MANIFEST), `${JSON.stringify(manifestOf(report, origin), null, 2)}\n`)
  folder.commit([TABLE, parquetName(TABLE), MANIFEST])
}

/** Nothing here depends on the machine or the hour. */
function manifestOf({ leftOut }: BreakEvenReport, { plan, file, between }: BreakEvenOrigin) {
  return {
    regatta: version(),
    break_even: { ...fingerprint(file), resolved: plan.spec, between: between ?? null },
    seed: plan.spec.seed,
    left_out: leftOut,
    catalogue_sha256: catalogueFingerprint(plan.catalogue),
  }
}
