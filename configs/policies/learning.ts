import type { PolicyFactory } from 'regatta'

export const options = {
  rate: { about: 'weight of the latest request in what is learned', default: 0.05, min: 0, max: 1 },
}

export const predicts = ['e2e']

/** Learns how long a request takes on each kind of replica, by the requests ahead of it, and sends it where that is least. */
const learning: PolicyFactory = ({ cluster, options, onEnd, predicted }) => {
  const secondsEach = new Map<string, number>()
  const ahead = new Map<number, number>()

  onEnd(({ number, replica, e2eS }) => {
    const kind = cluster.kind(replica)
    const measured = e2eS / (ahead.get(number) ?? 1)
    const known = secondsEach.get(kind) ?? measured
    secondsEach.set(kind, known + options.rate * (measured - known))
    ahead.delete(number)
  })

  const expectedS = (replica: number) =>
    (secondsEach.get(cluster.kind(replica)) ?? 0) * (cluster.outstandingRequests(replica) + 1)

  return request => {
    let best = 0
    for (let replica = 1; replica < cluster.replicas; replica++)
      if (expectedS(replica) < expectedS(best)) best = replica
    ahead.set(request.number, cluster.outstandingRequests(best) + 1)
    predicted('e2e', expectedS(best))
    return best
  }
}

export default learning
