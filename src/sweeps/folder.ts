import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import { whyUnwritable } from '../results/output-folder.ts'
import { FileJournal } from './journal.ts'
import { LOCK, lockFolder } from './lock.ts'
import { MANIFEST, manifestText, placeManifest, planDifference, planIn, readManifest } from './manifest.ts'
import { type SweepPlan, taskOf } from './plan.ts'
import { type ResultOptions, type WrittenResults, writeResults } from './result-files.ts'

export const JOURNAL = 'cells.jsonl'

/** A folder in which a sweep keeps its cells and writes its results, open to one process at a time. */
export interface SweepFolder {
  readonly path: string
  readonly plan: SweepPlan
  readonly journal: FileJournal
  /** Writes results of the cells that are finished. */
  writeResults(options?: ResultOptions): WrittenResults
  close(): Promise<void>
}

/**
 * Opens the folder of a sweep, or makes it. Throws a UserError where it holds another sweep or other files, or is being
 * written to.
 *
 * @param isExtended whether the sweep may take over the folder of another: cells that both have are not run again
 */
export function openSweepFolder(path: string, plan: SweepPlan, isExtended = false): SweepFolder {
  const unlock = madeAndLocked(path)
  try {
    prepareFolder(path, plan, isExtended)
    const journal = new FileJournal(join(path, JOURNAL))
    return {
      path,
      plan,
      journal,
      writeResults: options => writeResults(path, plan, journal, options),
      async close() {
        await journal.close()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

function madeAndLocked(path: string): () => void {
  if (path === '') throw new UserError('--out is empty; must name the folder to write to')
  try {
    mkdirSync(path, { recursive: true })
    return lockFolder(path)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`--out ${path}: ${whyUnwritable(error as NodeJS.ErrnoException)}`)
  }
}

/** Sees to it that the folder is the plan's, and says so in it. */
function prepareFolder(path: string, plan: SweepPlan, isExtended: boolean): void {
  const isNew = !existsSync(join(path, MANIFEST))
  if (isNew) checkEmpty(path)
  const difference = isNew ? undefined : planDifference(plan, planIn(readManifest(path)))
  if (difference !== undefined && !isExtended && hasCells(path)) {
    throw new UserError(
      `--out ${path}: holds another sweep: ${difference}; ` +
        'give another folder, or --extend to go on here with the cells that both have',
    )
  }
  clearUnfinished(path)
  if (isNew || difference !== undefined) placeManifest(path, manifestText(plan, nothingYet(plan)))
}

function nothingYet(plan: SweepPlan) {
  const planned = taskOf(plan).points.length * plan.replications.least
  return { cells: { finished: 0, planned }, files: {} }
}

function checkEmpty(path: string): void {
  const others = readdirSync(path).filter(name => name !== LOCK && name !== `.${MANIFEST}`)
  if (others.length === 0) return
  throw new UserError(
    `--out ${path}: holds other files, such as ${others[0]}; must be new, empty or the folder of this sweep`,
  )
}

/** A sweep that has not finished a cell has nothing to lose. */
function hasCells(path: string): boolean {
  return (statSync(join(path, JOURNAL), { throwIfNoEntry: false })?.size ?? 0) > 0
}

/** What a writer of results left behind that was killed. */
function clearUnfinished(path: string): void {
  for (const name of readdirSync(path).filter(name => name.startsWith('.unfinished-'))) {
    rmSync(join(path, name), { recursive: true, force: true })
  }
}
