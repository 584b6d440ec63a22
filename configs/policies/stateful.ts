import type { PolicyFactory } from 'regatta'

export const options = {
  spread: {
    about: 'requests above the fewest at which a session moves on',
    default: 8,
    min: 0,
    unit: 'requests',
  },
}

/** Where the session was sent last, for its prefix is cached there; elsewhere while that replica is too busy. */
const stateful: PolicyFactory = ({ random, options, leastLoaded }) => {
  const homes = new Map<number, number>()
  const fewest = leastLoaded('outstandingRequests')
  return (request, cluster) => {
    const least = fewest.pick(random)
    const most = cluster.outstandingRequests(least) + options.spread
    const home = homes.get(request.session) ?? least
    const chosen = cluster.isAvailable(home) && cluster.outstandingRequests(home) <= most ? home : least
    if (request.session >= 0) homes.set(request.session, chosen)
    return chosen
  }
}

export default stateful
