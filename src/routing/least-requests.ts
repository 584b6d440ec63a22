import type { PolicyFactory } from './contract.ts'

// Join the shortest queue: Vidur `lor`, Splitwise `jsq`, AIBrix `least-request`, Envoy LEAST_REQUEST over all hosts.

/** The fewest requests outstanding, which are those waiting and those running. Ties: at random. */
export const leastRequests: PolicyFactory = ({ leastLoaded, random }) => {
  const index = leastLoaded('outstandingRequests')
  return () => index.pick(random)
}
