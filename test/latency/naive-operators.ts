import type { DecodeBatch } from '../../src/latency/contract.ts'
import type { OperatorsOptions, RooflineConstants } from '../../src/latency/operators.ts'
import type { Chunk } from './steps.ts'

/**
 * A step's seconds written from MODEL_STUDY §1 kernel by kernel and layer by layer, sharing no code with the
 * model: the oracle of the closed forms. No chunks make it a decode step.
 */
export function naiveStepSeconds(
  options: OperatorsOptions,
  batch: DecodeBatch,
  chunks: readonly Chunk[],
): number {
  const { model, parallelism, constants } = options
  const n = batch.sequences
  const q = chunks.reduce((sum, chunk) => sum + chunk.tokens, 0)
  const m = n + q
  const phi = chunks.length > 0 ? constants.prefillMultiplier : 1
  const expertLayers = model.moe?.moeLayers ?? 0
  let t = constants.stepS
  for (let layer = 0; layer < model.layers; layer++) {
    t += constants.layerS
    t += phi * attentionGemms(options, m)
    t += phi * (layer < model.layers - expertLayers ? denseMlp(options, m) : experts(options, m))
    if (layer >= model.layers - expertLayers) t += constants.moeLayerS
    if (n > 0) t += attentionDecode(options, batch)
    if (chunks.length > 0) t += phi * attentionPrefill(options, chunks)
    t += elementwise(options, layer < model.layers - expertLayers, m)
    if (parallelism.tp > 1) t += 2 * allReduce(options, m)
  }
  return (
    t + phi * gemm(options, constants.head, 2, n + chunks.length, model.vocab / parallelism.tp, model.hidden)
  )
}

function gemm(
  o: OperatorsOptions,
  c: RooflineConstants,
  wbytes: number,
  m: number,
  n: number,
  k: number,
): number {
  const compute = (2 * m * n * k) / (c.flopsPerS * c.compute)
  const memory = (n * k * wbytes + (m * k + m * n) * 2) / (o.constants.bytesPerS * c.memory)
  return c.fixedS + Math.max(compute, memory)
}

function attentionGemms(o: OperatorsOptions, m: number): number {
  const { model, parallelism, constants } = o
  const { tp, weightBytes } = parallelism
  const kvHeads = Math.max(1, model.kvHeads / tp)
  const qkv = (model.heads / tp + 2 * kvHeads) * model.headDim
  const out = (model.heads * model.headDim) / tp
  return (
    gemm(o, constants.gemm, weightBytes, m, qkv, model.hidden) +
    gemm(o, constants.gemm, weightBytes, m, model.hidden, out)
  )
}

function mlp(o: OperatorsOptions, m: number, ffn: number): number {
  const { model, parallelism, constants } = o
  const { tp, weightBytes } = parallelism
  const up = model.gatedMlp ? (2 * ffn) / tp : ffn / tp
  return (
    gemm(o, constants.gemm, weightBytes, m, up, model.hidden) +
    gemm(o, constants.gemm, weightBytes, m, model.hidden, ffn / tp)
  )
}

function denseMlp(o: OperatorsOptions, m: number): number {
  return mlp(o, m, o.model.ffn)
}

/** Two grouped products over the experts touched, and the shared experts as one dense MLP. */
function experts(o: OperatorsOptions, m: number): number {
  const { model, parallelism, constants } = o
  const moe = model.moe!
  const touched = moe.experts * (1 - (1 - moe.expertsPerToken / moe.experts) ** m)
  const ffn = moe.expertFfn / parallelism.tp
  const grouped = (columns: number, depth: number) => {
    const rows = m * moe.expertsPerToken
    const flops = 2 * rows * columns * depth
    const bytes = touched * columns * depth * parallelism.weightBytes + rows * (columns + depth) * 2
    const { flopsPerS, compute, memory, fixedS } = constants.gemm
    return fixedS + Math.max(flops / (flopsPerS * compute), bytes / (constants.bytesPerS * memory))
  }
  const shared = moe.sharedExperts > 0 ? mlp(o, m, moe.sharedExperts * moe.expertFfn) : 0
  return grouped(2 * ffn, model.hidden) + grouped(model.hidden, ffn) + shared
}

function attentionDecode({ model, parallelism, constants }: OperatorsOptions, batch: DecodeBatch): number {
  const { fixedS, perSequenceS, memory } = constants.attentionDecode
  const context = batch.contextTokens + batch.sequences
  const kvHeads = Math.max(1, model.kvHeads / parallelism.tp)
  const kvBytes = 2 * context * kvHeads * model.headDim * parallelism.kvBytes
  return fixedS + perSequenceS * batch.sequences + kvBytes / (constants.bytesPerS * memory)
}

function attentionPrefill(
  { model, parallelism, constants }: OperatorsOptions,
  chunks: readonly Chunk[],
): number {
  const { fixedS, flopsPerS, compute, memory } = constants.attentionPrefill
  const heads = model.heads / parallelism.tp
  const kvHeads = Math.max(1, model.kvHeads / parallelism.tp)
  let t = fixedS
  for (const { tokens: q, cachedTokens: c } of chunks) {
    const flops = 4 * heads * model.headDim * (q * c + (q * q) / 2)
    const bytes =
      2 * q * heads * model.headDim * 2 + 2 * (q + c) * kvHeads * model.headDim * parallelism.kvBytes
    t += flops / (flopsPerS * compute) + bytes / (constants.bytesPerS * memory)
  }
  return t
}

function elementwise({ model, parallelism, constants }: OperatorsOptions, dense: boolean, m: number): number {
  const moe = model.moe
  const ffn = dense ? model.ffn : (moe!.expertsPerToken + moe!.sharedExperts) * moe!.expertFfn
  const bytes = m * (8 * model.hidden + (3 * ffn) / parallelism.tp) * 2
  return constants.elementwise.fixedS + bytes / (constants.bytesPerS * constants.elementwise.memory)
}

function allReduce({ model, parallelism, constants }: OperatorsOptions, m: number): number {
  const { fixedS, hopS, bytesPerS, link } = constants.allReduce!
  const { tp } = parallelism
  return fixedS + hopS * (tp - 1) + (((2 * (tp - 1)) / tp) * m * model.hidden * 2) / (bytesPerS * link)
}
