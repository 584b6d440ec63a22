const INTERRUPTED = 130
const KILLED = 143

/** What to put right if the program is stopped now. */
const pending = new Set<() => void>()

/**
 * Has the clean-up done if the program is stopped by Ctrl-C or a kill from now on. Gives a function that does it and
 * ends that.
 */
export function cleanedUp(cleanUp: () => void): () => void {
  if (pending.size === 0) process.on('SIGINT', interrupted).on('SIGTERM', killed)
  pending.add(cleanUp)
  return () => {
    if (!pending.delete(cleanUp)) return
    if (pending.size === 0) process.off('SIGINT', interrupted).off('SIGTERM', killed)
    cleanUp()
  }
}

function interrupted(): void {
  leave(INTERRUPTED)
}

function killed(): void {
  leave(KILLED)
}

function leave(code: number): void {
  for (const cleanUp of pending) cleanUp()
  process.exit(code)
}
