import type { PolicyFactory } from './contract.ts'
import { SessionTable } from './session-table.ts'

// SGLang gateway `manual` with assignment mode `min_load`; HAProxy `stick-table`, nginx `sticky learn`.

/**
 * Sessions stay where their first request was sent: to the fewest requests outstanding, ties at random, and there goes
 * every request without a session. Of more than `remembered` sessions the least recently used is forgotten: should it
 * come back, it is sent as a new one and stays there, and what its old replica's cache holds is of no more use to it.
 * While its replica is not available, a session goes to another, always the same while that one is, and then returns.
 */
export const sessionAffinity: PolicyFactory = ({ leastLoaded, random, options }) => {
  const index = leastLoaded('outstandingRequests')
  const sessions = new SessionTable(options.remembered)
  return ({ session }, cluster) => {
    if (session < 0) return index.pick(random)
    const first = sessions.use(session)
    if (first >= 0 && cluster.isAvailable(first)) return first
    const standby = first >= 0 ? sessions.standby(session) : -1
    if (standby >= 0 && cluster.isAvailable(standby)) return standby
    const replica = index.pick(random)
    if (!cluster.isAvailable(replica)) return replica
    if (first >= 0) sessions.add(session, replica)
    else sessions.remember(session, replica)
    return replica
  }
}
