import type { ReplicaKind } from './contract.ts'

/** Every property that a kind can have. */
const SHAPE: Readonly<Record<keyof ReplicaKind, undefined>> = {
  name: undefined,
  deviceKind: undefined,
  devices: undefined,
  latency: undefined,
  energy: undefined,
  batcher: undefined,
  tokenBudget: undefined,
  maxSequences: undefined,
  maxModelLen: undefined,
  kvBlocks: undefined,
  blockTokens: undefined,
  watermarkBlocks: undefined,
  frontEndS: undefined,
  batchDelayS: undefined,
  usdPerHour: undefined,
  saturationRequestsPerS: undefined,
  saturationTokensPerS: undefined,
  order: undefined,
  chunkBudget: undefined,
  maxPrefills: undefined,
  reservedTokens: undefined,
  swap: undefined,
  prefixCache: undefined,
  pace: undefined,
  role: undefined,
  kvBytesPerToken: undefined,
  startS: undefined,
  outside: undefined,
  modelId: undefined,
}

/** The same kind with all its properties in one order: whoever reads many kinds is compiled for objects of one shape. */
export function uniformKind(kind: ReplicaKind): ReplicaKind {
  return { ...SHAPE, ...kind } as ReplicaKind
}
