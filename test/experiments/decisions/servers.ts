import type { Course } from '../../../src/fleet/course.ts'
import { Fixed } from '../../../src/latency/fixed.ts'
import type { Policy } from '../../../src/routing/contract.ts'
import type { PolicyChoice } from '../../../src/simulate.ts'
import { idleServers } from '../../fleet/servers.ts'
import { arraySource } from '../../laws/courses.ts'

/** Servers that take one request at a time, each with a time of service of its own, against requests of one token. */
export function unequalServers(serviceS: readonly number[], arrivalsS: readonly number[]): Course {
  const [kind] = idleServers(1).kinds
  const rows = arrivalsS.map(arrivalS => ({ arrivalS, inputTokens: 8, outputTokens: 1 }))
  return idleServers(1, {
    kinds: serviceS.map(stepS => ({ ...kind, name: `${stepS} s`, latency: new Fixed({ stepS }) })),
    replicas: serviceS.map((_, id) => id),
    arrivals: () => arraySource(rows),
    slo: { ttftS: 1.25, tpotS: 1 },
  })
}

export function deciding(decide: Policy): PolicyChoice {
  return { name: 'mine', entry: { about: 'decides as told', make: () => decide } }
}
