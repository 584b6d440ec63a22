import type { Scenario } from './schema.ts'

/** Whether what replicas do is drawn: how many drafts are accepted, or how long steps take. */
export function replicasDraw({ fleet }: Scenario): boolean {
  return fleet.some(pool => {
    const isDrafting = 'speculation' in pool && pool.speculation !== undefined
    return isDrafting || pool.latency.model === 'exponential'
  })
}
