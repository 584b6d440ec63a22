import { UserError } from '../core/errors.ts'
import type { Watch } from '../routing/watch.ts'
import { broken, LIMIT_S, LOOK_MS, standstill } from './watched.ts'
import { stoppedText, stuckText } from './whereabouts.ts'

/**
 * Does the work unless a user's code does not come back in one of the threads that are watched: throws a UserError then,
 * and where such code has ended its thread.
 *
 * @param limitS that the user's code may take for one answer; 10 by default
 */
export async function watchingThreads<T>(
  watches: readonly Watch[],
  limitS = LIMIT_S,
  work: () => Promise<T>,
): Promise<T> {
  const looks = watches.map(watch => ({ watch, isStuck: standstill(watch, limitS) }))
  let timer: NodeJS.Timeout | undefined
  const stuck = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      const found = looks.filter(({ isStuck }) => isStuck())
      if (found.length > 0) reject(new UserError(stuckText(found[0].watch.read(), limitS)))
    }, LOOK_MS)
  })
  try {
    return await Promise.race([work(), stuck])
  } catch (error) {
    throw explained(error, likelyCulprit(watches))
  } finally {
    clearInterval(timer)
  }
}

function explained(error: unknown, culprit: Watch): unknown {
  if (error instanceof UserError) return error
  const now = culprit.read()
  const isExit = error instanceof Error && error.message.startsWith('worker exited')
  return isExit && now.policy !== '' ? new UserError(stoppedText(now)) : broken(error, culprit)
}

/** The one whose thread is in a user's code, or has been. */
function likelyCulprit(watches: readonly Watch[]): Watch {
  const isInside = (watch: Watch) => watch.read().isInside
  return watches.find(isInside) ?? watches.find(watch => watch.read().policy !== '') ?? watches[0]
}
