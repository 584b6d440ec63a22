import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'

export const LOCK = '.lock'
const TOUCH_MS = 15_000
/** From here on a holder on another machine is taken for dead. */
const STALE_MS = 8 * TOUCH_MS

/** Who writes to a folder. */
interface Holder {
  readonly pid: number
  readonly host: string
  /** When the system says that the process began; empty where it does not say. */
  readonly began: string
}

/**
 * Takes a folder for this process alone, until the function that it gives is called. The lock of a process that has
 * ended is taken over: on this machine that is known at once, on another after two minutes without a sign of life.
 *
 * Throws a UserError where another process writes to the folder.
 */
export function lockFolder(folder: string): () => void {
  const lock = join(folder, LOCK)
  const mine: Holder = { pid: process.pid, host: hostname(), began: beginOf(process.pid) }
  clearStale(lock, folder)
  if (!placed(lock, JSON.stringify(mine))) throw inUse(folder, holderOf(lock))
  const touch = setInterval(() => touched(lock), TOUCH_MS).unref()
  return () => {
    clearInterval(touch)
    rmSync(lock, { force: true })
  }
}

/** Only where there is none. */
function placed(lock: string, text: string): boolean {
  try {
    writeFileSync(lock, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Between the look and the move another may have taken over: what is moved is looked at again, and put back if alive. */
function clearStale(lock: string, folder: string): void {
  if (!existsSync(lock)) return
  if (isAlive(lock)) throw inUse(folder, holderOf(lock))
  const aside = `${lock}-${randomUUID()}`
  try {
    renameSync(lock, aside)
  } catch {
    return
  }
  const isMistake = isAlive(aside)
  if (isMistake) placed(lock, readFileSync(aside, 'utf8'))
  rmSync(aside)
  if (isMistake) throw inUse(folder, holderOf(lock))
}

/** One that cannot be read is being written, or was when its process ended. */
function isAlive(lock: string): boolean {
  const holder = holderOf(lock)
  if (holder?.host === hostname()) return isRunning(holder.pid) && beginOf(holder.pid) === holder.began
  const touchedMs = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY
  return Date.now() - touchedMs < STALE_MS
}

/** Undefined where there is none, or none that can be read. */
function holderOf(lock: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Numbers of processes come round again; their beginnings do not. */
function beginOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return ''
  }
}

function touched(lock: string): void {
  const now = new Date()
  try {
    utimesSync(lock, now, now)
  } catch {
    // The folder has gone; writing to it will say so.
  }
}

function inUse(folder: string, holder: Holder | undefined): UserError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`
  return new UserError(`--out ${folder}: is being written to by ${who}; wait for it, or give another folder`)
}
