import type { PolicyFactory } from './contract.ts'
import { SessionTable } from './session-table.ts'

// SGLang gateway `manual` with assignment mode `min_load`; HAProxy `stick-table`, nginx `sticky learn`.

/**
 * Sessions stay where their first request was sent: to the fewest requests outstanding, ties at random, and there goes
 * every request without a session. Of more than `remembered` sessions the least recently used is forgotten: should it
 * come back, it is sent as a new one and stays there, and what its old replica's cache holds is of no more use to it.
 */
export const sessionAffinity: PolicyFactory = ({ leastLoaded, random, options }) => {
  const index = leastLoaded('outstandingRequests')
  const sessions = new SessionTable(options.remembered)
  return ({ session }) => {
    if (session < 0) return index.pick(random)
    const known = sessions.use(session)
    if (known >= 0) return known
    const replica = index.pick(random)
    sessions.remember(session, replica)
    return replica
  }
}
