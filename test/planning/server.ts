import { chunkedPrefill } from '../../src/batching/chunked-prefill.ts'
import { ConstantEnergy } from '../../src/energy/constant.ts'
import { Fixed } from '../../src/latency/fixed.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'

/** A server that takes one request at a time, a second for every step. */
export function server(changes: Partial<ReplicaKind> = {}): ReplicaKind {
  return {
    name: 'server',
    deviceKind: 'gpu',
    devices: 1,
    latency: new Fixed({ stepS: 1 }),
    energy: new ConstantEnergy({ idleWatts: 100, busyWatts: 300 }),
    batcher: chunkedPrefill,
    tokenBudget: 100,
    maxSequences: 1,
    maxModelLen: 1000,
    kvBlocks: 1000,
    blockTokens: 1,
    watermarkBlocks: 0,
    frontEndS: 0,
    usdPerHour: 3600,
    saturationRequestsPerS: Number.NaN,
    saturationTokensPerS: Number.NaN,
    ...changes,
  }
}
