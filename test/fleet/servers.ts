import { chunkedPrefill } from '../../src/batching/chunked-prefill.ts'
import { ConstantEnergy } from '../../src/energy/constant.ts'
import type { Course } from '../../src/fleet/course.ts'
import { Fixed } from '../../src/latency/fixed.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { courseOf } from '../laws/courses.ts'

/** Servers enough that no request waits under least-requests; each request of one output token takes `serviceS`. */
export function idleServers(serviceS: number, more: Partial<Course> = {}): Course {
  const kind: ReplicaKind = {
    name: 'server',
    deviceKind: 'gpu',
    devices: 1,
    latency: new Fixed({ stepS: serviceS }),
    energy: new ConstantEnergy({ idleWatts: 1, busyWatts: 2 }),
    batcher: chunkedPrefill,
    tokenBudget: 1024,
    maxSequences: 1,
    maxModelLen: 1024,
    kvBlocks: 64,
    blockTokens: 16,
    watermarkBlocks: 0,
    frontEndS: 0,
    usdPerHour: 1,
    saturationRequestsPerS: 1,
    saturationTokensPerS: 1,
  }
  return courseOf([kind], [], { replicas: new Array<number>(16).fill(0), sampleS: 1e9, ...more })
}
