import type { LeastLoaded, PolicyFactory } from './contract.ts'
import { replicasByKind } from './pools.ts'

// Fleets per class of service, as DynamoLLM keeps for its request types and PolyServe for its bins.

/**
 * Every class of requests owns a part of the fleet, all parts alike: as many replicas of each kind, give or take one.
 * In a part, least outstanding requests, ties at random. Classes count from their first request on, when the fleet is
 * divided anew; what runs stays where it is. With more classes than replicas, classes share a replica.
 */
export const classPartition: PolicyFactory = setup => {
  const replicas = replicasByKind(setup.cluster).flat()
  const parts = new Map<string, LeastLoaded>()
  const { random } = setup
  return ({ requestClass }) => (parts.get(requestClass) ?? partOfNew(requestClass)).pick(random)

  function partOfNew(requestClass: string): LeastLoaded {
    const classes = [...parts.keys(), requestClass]
    const count = Math.min(classes.length, replicas.length)
    for (const [number, name] of classes.entries()) {
      const part = replicas.filter((_, place) => place % count === number % count)
      parts.set(name, setup.leastLoaded('outstandingRequests', part))
    }
    return parts.get(requestClass)!
  }
}
