import { chunkedPrefill } from '../../src/batching/chunked-prefill.ts'
import type { Course } from '../../src/fleet/course.ts'
import type { LatencyModel } from '../../src/latency/contract.ts'
import { Linear } from '../../src/latency/linear.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { type ArrivalRow, courseOf } from './courses.ts'
import { affineEnergy } from './models.ts'

/** Seconds that a token adds to a step. */
export const TOKEN_S = 2e-5

const POWER = { idleWatts: 100, busyWatts: 300, tokenJ: 0.1, contextJ: 1e-4, pairJ: 1e-6, capWatts: 700 }

/** A replica with room for anything: 10 ms a step, and a little for every token and every context token. */
export function roomyKind(
  latency: LatencyModel = new Linear({ stepS: 0.01, tokenS: TOKEN_S, contextTokenS: 1e-8 }),
) {
  return {
    name: 'roomy',
    deviceKind: 'gpu',
    devices: 1,
    latency,
    energy: affineEnergy(POWER, latency),
    batcher: chunkedPrefill,
    tokenBudget: 2048,
    maxSequences: 256,
    maxModelLen: 2 ** 17,
    kvBlocks: 2 ** 16,
    blockTokens: 16,
    watermarkBlocks: 0,
    frontEndS: 0,
    usdPerHour: 1,
    saturationRequestsPerS: 1,
    saturationTokensPerS: 1,
  } satisfies ReplicaKind
}

/** As many such replicas against these requests. */
export function roomyCourse(
  replicas: number,
  rows: readonly ArrivalRow[],
  kind: ReplicaKind = roomyKind(),
): Course {
  return courseOf([kind], rows, { replicas: new Array<number>(replicas).fill(0) })
}
