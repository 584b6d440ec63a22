import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
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
  /** Of this taking of the lock alone. */
  readonly token: string
}

/**
 * Takes a folder for this process alone, until the function that it gives is called. The lock of a process that has
 * ended is taken over: on this machine that is known at once, on another after two minutes without a sign of life.
 *
 * Throws a UserError where another process writes to the folder.
 */
export function lockFolder(folder: string): () => void {
  const lock = join(folder, LOCK)
  const token = randomUUID()
  const mine: Holder = { pid: process.pid, host: hostname(), began: beginOf(process.pid), token }
  take(lock, JSON.stringify(mine), folder)
  const touch = setInterval(() => tokenOf(lock) === token && touched(lock), TOUCH_MS).unref()
  return () => {
    clearInterval(touch)
    if (tokenOf(lock) === token) rmSync(lock, { force: true })
  }
}

/**
 * Places a lock where there is none, or in place of a dead one. Who takes over from a holder holds a claim of that
 * holder's name first, which is a lock like any other: of two that find the same lock dead only one may replace it.
 */
function take(lock: string, text: string, folder: string): void {
  if (placed(lock, text)) return
  const before = tokenOf(lock)
  if (isAlive(lock)) throw inUse(folder, holderOf(lock))
  const claim = `${lock}-after-${before}`
  take(claim, text, folder)
  if (tokenOf(lock) === before) return renameSync(claim, lock)
  rmSync(claim)
  throw inUse(folder, holderOf(lock))
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

function tokenOf(lock: string): string {
  return holderOf(lock)?.token ?? 'unknown'
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
