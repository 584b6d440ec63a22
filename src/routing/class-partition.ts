import type { LeastLoaded, PolicyFactory, ReplicaId } from './contract.ts'
import { replicasByKind } from './pools.ts'

// Fleets per class of service, as DynamoLLM keeps for its request types and PolyServe for its bins.

/**
 * Every class of requests owns a part of the fleet, all parts alike: as many replicas of each kind, give or take one.
 * In a part, least outstanding requests, ties at random; while none of it is available its requests wait. Classes count
 * from their first request on, when the fleet is divided anew; what runs stays where it is. With more classes than
 * replicas, classes share a replica.
 */
export const classPartition: PolicyFactory = setup => {
  const replicas = replicasByKind(setup.cluster).flat()
  const numbers = new Map<string, number>()
  let parts: (LeastLoaded | undefined)[] = []
  return ({ requestClass }) => {
    const number = numbers.get(requestClass) ?? numberOfNew(requestClass)
    return part(number % parts.length).pick(setup.random)
  }

  function numberOfNew(requestClass: string): number {
    const number = numbers.size
    numbers.set(requestClass, number)
    if (number < replicas.length) divideAnew(number + 1)
    return number
  }

  function divideAnew(count: number): void {
    for (const part of parts) if (part !== undefined) setup.release(part)
    parts = Array(count).fill(undefined)
  }

  function part(number: number): LeastLoaded {
    parts[number] ??= setup.leastLoaded('outstandingRequests', membersOf(number))
    return parts[number]
  }

  function membersOf(number: number): ReplicaId[] {
    const members: ReplicaId[] = []
    for (let place = number; place < replicas.length; place += parts.length) members.push(replicas[place])
    return members
  }
}
