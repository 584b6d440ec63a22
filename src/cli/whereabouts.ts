import { describe } from '../routing/guard.ts'
import { authorOf, placeOf } from '../routing/place.ts'
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
export function stoppedText(of: Whereabouts, reason: 'exit' | 'memory' | 'unsettled' = 'exit'): string {
  if (reason === 'unsettled' && of.occupation === 'load')
    return `policy ${of.policy} never finished loading: a top-level await does not resolve`
  const what = reason === 'memory' ? 'ran out of memory' : 'ended the program'
  const when = of.isInside ? DURING[of.occupation](decisionOf(of)) : 'outside of its decisions'
  return `policy ${of.policy} ${what} ${when}`
}

/** How Node says that what a promise was rejected with is no error. */
const REJECTED = /^This error originated either .* The promise rejected with the reason (.*)\.$/s

/** That a user's code has thrown where nothing of it was called, or left a promise behind that was rejected. */
export function looseText({ policy }: Whereabouts, error: unknown): string {
  const by = authorOf(error, policy)
  const [, rejected] = REJECTED.exec(error instanceof Error ? error.message : '') ?? []
  const what = rejected === undefined ? describe(error) : `a promise rejected with ${rejected}`
  return `policy ${by} threw outside of its decisions: ${what}${placeOf(error)}`
}

function decisionOf({ decision, timeS }: Whereabouts): string {
  return `decision ${decision} at ${Number(timeS.toPrecision(6))} s of the run`
}
