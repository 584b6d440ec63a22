import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import { whyUnwritable } from '../results/output-folder.ts'
import { leastCells } from './deal.ts'
import { FileJournal } from './journal.ts'
import { LOCK, lockFolder } from './lock.ts'
import { MANIFEST, manifestText, placeManifest, planDifference, planIn, readManifest } from './manifest.ts'
import { type SweepPlan, taskOf } from './plan.ts'
import { type ResultOptions, type WrittenResults, writeResults } from './result-files.ts'

export const JOURNAL = 'cells.jsonl'

/** What a folder is opened for: a sweep, one that takes over the folder of another, or what shards come to. */
export type Purpose = 'sweep' | 'extend' | 'merge'

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
 * @param purpose whether the sweep may take over the folder of another: cells that both have are not run again
 */
export function openSweepFolder(path: string, plan: SweepPlan, purpose: Purpose = 'sweep'): SweepFolder {
  const unlock = madeAndLocked(path, purpose)
  try {
    prepareFolder(path, plan, purpose)
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

/** Reads the cells of a folder, which stay as they are. Throws a UserError where there are none. */
export function inJournal<T>(path: string, work: (journal: FileJournal) => T): T {
  const file = join(path, JOURNAL)
  if (!existsSync(file)) throw new UserError(`${file}: no such file; the cells of the sweep must be in it`)
  const journal = new FileJournal(file, 'read')
  try {
    return work(journal)
  } finally {
    void journal.close()
  }
}

/** As the user has named it. */
function called(path: string, purpose: Purpose): string {
  return purpose === 'merge' ? path : `--out ${path}`
}

function madeAndLocked(path: string, purpose: Purpose): () => void {
  if (path === '')
    throw new UserError(
      `${called('', purpose).trim() || 'the folder'} is empty; must name the folder to write to`,
    )
  try {
    mkdirSync(path, { recursive: true })
    return lockFolder(path)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${called(path, purpose)}: ${whyUnwritable(error as NodeJS.ErrnoException)}`)
  }
}

/** Sees to it that the folder is the plan's, and says so in it. */
function prepareFolder(path: string, plan: SweepPlan, purpose: Purpose): void {
  const isNew = !existsSync(join(path, MANIFEST))
  if (isNew) checkEmpty(path, purpose)
  const difference = isNew ? undefined : planDifference(plan, planIn(readManifest(path)))
  if (difference !== undefined && purpose !== 'extend' && hasCells(path)) {
    const other = `${called(path, purpose)}: holds another sweep: ${difference}; give another folder`
    const extending = ', or --extend to go on here with the cells that both have'
    throw new UserError(purpose === 'merge' ? other : `${other}${extending}`)
  }
  clearUnfinished(path)
  if (isNew || difference !== undefined) placeManifest(path, manifestText(plan, nothingYet(plan)))
}

function nothingYet(plan: SweepPlan) {
  return { cells: { finished: 0, planned: leastCells(taskOf(plan)) }, files: {} }
}

function checkEmpty(path: string, purpose: Purpose): void {
  const others = readdirSync(path).filter(name => name !== LOCK && name !== `.${MANIFEST}`)
  if (others.length === 0) return
  throw new UserError(
    `${called(path, purpose)}: holds other files, such as ${others[0]}; must be new, empty or the folder of this sweep`,
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
