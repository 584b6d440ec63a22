import type { Occupation, Whereabouts } from '../routing/watch.ts'

const STUCK: Readonly<Record<Occupation, (decision: string, limit: string) => string>> = {
  load: (_, limit) => `was not loaded within ${limit}`,
  'set-up': (_, limit) => `did not finish its set-up within ${limit}`,
  decision: (decision, limit) => `did not answer ${decision} for ${limit}`,
  listener: (decision, limit) => `did not come back from a listener, after ${decision}, for ${limit}`,
}

const DURING: Readonly<Record<Occupation, (decision: string) => string>> = {
  load: () => 'while it was loaded',
  'set-up': () => 'in its set-up',
  decision: decision => `in ${decision}`,
  listener: decision => `in a listener, after ${decision}`,
}

/** That a user's code has not come back for so many seconds. */
export function stuckText(of: Whereabouts, limitS: number): string {
  const limit = `${limitS} s; --policy-timeout says how long it may take`
  return `policy ${of.policy} ${STUCK[of.occupation](decisionOf(of), limit)}`
}

/** That a user's code has ended the thread which ran it. */
export function stoppedText(of: Whereabouts, reason: 'exit' | 'memory' = 'exit'): string {
  const what = reason === 'exit' ? 'ended the program' : 'ran out of memory'
  const when = of.isInside ? DURING[of.occupation](decisionOf(of)) : 'outside of its decisions'
  return `policy ${of.policy} ${what} ${when}`
}

function decisionOf({ decision, timeS }: Whereabouts): string {
  return `decision ${decision} at ${Number(timeS.toPrecision(6))} s of the run`
}
