const INTERRUPTED = 130
const KILLED = 143

/** Puts something right; what takes its time is waited for. */
type CleanUp = () => void | Promise<void>

/** What to put right if the program is stopped now. */
const pending = new Set<CleanUp>()

/**
 * Has the clean-up done if the program is stopped by Ctrl-C or a kill from now on. Gives a function that does it and
 * ends that.
 */
export function cleanedUp(cleanUp: CleanUp): CleanUp {
  if (pending.size === 0) process.on('SIGINT', interrupted).on('SIGTERM', killed)
  pending.add(cleanUp)
  return () => {
    if (!pending.delete(cleanUp)) return
    if (pending.size === 0) process.off('SIGINT', interrupted).off('SIGTERM', killed)
    return cleanUp()
  }
}

function interrupted(): void {
  leave(INTERRUPTED)
}

function killed(): void {
  leave(KILLED)
}

function leave(code: number): void {
  const waits = [...pending].map(cleanUp => cleanUp()).filter(wait => wait !== undefined)
  if (waits.length === 0) process.exit(code)
  void Promise.allSettled(waits).then(() => process.exit(code))
}
