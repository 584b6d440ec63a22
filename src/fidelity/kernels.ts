import type { OperatorConstants } from '../latency/constants.ts'
import { ringSeconds, rooflineSeconds } from '../latency/dealt.ts'
import { ONE_STAGE, type Parallelism } from '../latency/layout.ts'
import { Operators } from '../latency/operators.ts'
import { type Product, productBytes, productFlops } from '../latency/products.ts'
import { elementwiseBytes, type Transformer } from '../latency/transformer.ts'
import { Unusable } from '../measurements/unusable.ts'
import { FactReader } from '../scenario/evidence.ts'
import type { Device, Dtype, Engine, Fact } from '../scenario/facts.ts'
import { ACTIVATION_DTYPE, computeDtype, DTYPE_BYTES, Hardware } from '../scenario/hardware.ts'

/** One matrix of `columns` × `depth` that all rows share. */
export type Matrix = Pick<Product, 'columns' | 'depth'>

/**
 * Seconds of a matrix product with `rows` rows on one device, launch included.
 *
 * @param matrices that are read; each row is multiplied with one of them
 */
export function gemmSeconds(
  device: Device,
  weights: Dtype,
  matrix: Matrix,
  rows: number,
  matrices = 1,
): number {
  const { gemm, bytesPerS } = constantsOf(device, { weights })
  const { columns, depth } = matrix
  const product: Product = { ...ONE_PRODUCT, columns, depth, weightBytes: matrices * DTYPE_BYTES[weights] }
  const bytes = productBytes(product, rows, rows, DTYPE_BYTES[ACTIVATION_DTYPE])
  return rooflineSeconds(gemm, bytesPerS, productFlops(product, rows), bytes)
}

const ONE_PRODUCT = { layers: 1, rowsPerToken: 1, matrices: 1, isOfRank: false, groups: 1 } as const

/** The attention of one layer on one device. */
export interface Attention {
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly kv: Dtype
}

/** Seconds of the causal attention of `chunks` chunks alike, launch included. */
export function attentionPrefillSeconds(
  device: Device,
  attention: Attention,
  chunks: number,
  tokens: number,
  cachedTokens: number,
): number {
  const constants = constantsOf(device, { kv: attention.kv })
  const layer = layerOf(attention, constants)
  return constants.attentionPrefill.fixedS + chunks * layer.chunkSeconds(tokens, cachedTokens, 1)
}

/** Seconds of the attention of decodes that read `contextTokens` together, launch included. */
export function attentionDecodeSeconds(
  device: Device,
  attention: Attention,
  sequences: number,
  contextTokens: number,
): number {
  const constants = constantsOf(device, { kv: attention.kv })
  const { fixedS, perSequenceS } = constants.attentionDecode
  return (
    fixedS +
    sequences * perSequenceS +
    contextTokens * layerOf(attention, constants).contextSeconds({ sequences: 1, contextTokens }, 0)
  )
}

/** Seconds of the elementwise kernels of a layer on one device, which has `ffn` columns of its MLP. */
export function elementwiseSeconds(device: Device, hidden: number, ffn: number, tokens: number): number {
  const { elementwise, bytesPerS } = constantsOf(device, {})
  const { ofRank, ofAll } = elementwiseBytes({ ...ONE_LAYER, hidden, ffn }, ONE_DEVICE)
  return elementwise.fixedS + (tokens * (ofRank + ofAll)) / (bytesPerS * elementwise.memory)
}

/** Seconds of an all-reduce of an engine's own, captured in a graph or launched by itself. */
export function allReduceSeconds(device: Device, devices: number, bytes: number, graphs: boolean): number {
  if (device.linkGbPerS === undefined || device.operators.allReduce === undefined) {
    throw new Unusable(`${device.id} has no constants for all-reduce`)
  }
  const { allReduce } = constantsOf(device, { parallelism: { tp: devices }, graphs })
  return ringSeconds(allReduce!, devices, 2, bytes)
}

/**
 * Seconds of a collective of the vendor's library inside an island.
 *
 * @param rounds that a ring takes: 2 to reduce and spread, 1 to gather, to scatter or to exchange
 */
export function collectiveSeconds(device: Device, devices: number, bytes: number, rounds: number): number {
  if (device.linkGbPerS === undefined || device.operators.collective === undefined) {
    throw new Unusable(`${device.id} has no constants for collectives`)
  }
  const { collective } = constantsOf(device, { parallelism: { tp: devices, attentionDp: devices } })
  return ringSeconds(collective!, devices, rounds, bytes)
}

/** Seconds from one device to another of its island. */
export function sendSeconds(device: Device, bytes: number): number {
  if (device.linkGbPerS === undefined || device.operators.sendReceive === undefined) {
    throw new Unusable(`${device.id} has no constants for sending`)
  }
  const { sendReceive } = constantsOf(device, { parallelism: { pp: 2 } })
  return sendReceive!.fixedS + bytes / (sendReceive!.bytesPerS * sendReceive!.link)
}

interface Wanted {
  readonly weights?: Dtype
  readonly kv?: Dtype
  readonly parallelism?: Partial<Parallelism>
  readonly graphs?: boolean
}

/** The device's constants as its kernels were measured: under no engine. */
function constantsOf(device: Device, wanted: Wanted): OperatorConstants {
  const formats = Object.keys(device.operators.attentionDecode) as Dtype[]
  const { weights = someDtype(device), kv = formats[0], parallelism = {}, graphs = true } = wanted
  if (computeDtype(device, weights) === undefined) {
    throw new Unusable(`${device.id} has no peak or no constants for products in ${weights}`)
  }
  if (!formats.includes(kv)) throw new Unusable(`${device.id} has no constants for attention over ${kv} KV`)
  const hardware = new Hardware(device, { ...NO_ENGINE, graphs }, new FactReader('given'))
  return hardware.operators(weights, kv, { ...ONE_DEVICE, ...parallelism })
}

/** The format of activations where the device computes in it, else any that it computes in. */
function someDtype(device: Device): Dtype {
  return device.operators.gemm[ACTIVATION_DTYPE] === undefined
    ? (Object.keys(device.operators.gemm) as Dtype[])[0]
    : ACTIVATION_DTYPE
}

const ONE_DEVICE: Parallelism = {
  ...{ tp: 1, ...ONE_STAGE },
  ...{ weightBytes: 2, kvBytes: 2, activationBytes: DTYPE_BYTES[ACTIVATION_DTYPE] },
}

const ONE_LAYER: Transformer = {
  ...{ layers: 1, hidden: 1, heads: 1, kvHeads: 1, headDim: 1 },
  ...{ ffn: 1, gatedMlp: true, vocab: 1, tiedEmbedding: true },
}

const NOTHING: Fact = { value: 0, grade: 'measured', source: '' }

const NO_ENGINE: Omit<Engine, 'graphs'> = {
  ...{ id: 'kernels', blockTokens: 1, sources: {} },
  ...{ stepUs: NOTHING, layerUs: NOTHING, sequenceUs: NOTHING, moeLayerUs: NOTHING },
  ...{ frontEndMs: NOTHING, memoryUtilization: NOTHING, runtimeGb: NOTHING },
  prefillMultiplier: { ...NOTHING, value: 1 },
}

function layerOf({ heads, kvHeads, headDim, kv }: Attention, constants: OperatorConstants): Operators {
  const model = { ...ONE_LAYER, heads, kvHeads, headDim }
  return new Operators({ model, parallelism: { ...ONE_DEVICE, kvBytes: DTYPE_BYTES[kv] }, constants })
}
