import type { ExchangeConstants, RooflineConstants } from '../../src/latency/constants.ts'
import type { DecodeBatch } from '../../src/latency/contract.ts'
import type { OperatorsOptions } from '../../src/latency/dealt.ts'
import { naiveAttentionGemms } from './naive-attention.ts'
import { type Chunk, cachedWithin, pairsWithin } from './steps.ts'

/** What the busiest device is given of a step, all in numbers of one micro-batch and one attention rank. */
interface Load {
  readonly microBatches: number
  /** Tokens of the micro-batch, and of the rank: rows of matrix products. */
  readonly tokens: number
  readonly rankTokens: number
  /** Decodes of the rank. */
  readonly rankDecodes: number
  /** Tokens of the micro-batch that are sampled. */
  readonly sampled: number
  /** The rank's part of the context of decodes: all of it over the places taken. */
  readonly part: number
  /** Its part of the attention of chunks: all of it over the places that have one. */
  readonly chunkPart: number
}

/**
 * A step's seconds written from MODEL_STUDY §1 kernel by kernel, layer by layer, stage by stage, sharing no code
 * with the model: the oracle of the closed forms. No chunks make it a decode step.
 *
 * @param options.host whether the host's time for steps and layers is in it
 */
export function naiveStepSeconds(
  options: OperatorsOptions,
  batch: DecodeBatch,
  chunks: readonly Chunk[],
  { host = true } = {},
): number {
  const { constants } = options
  const phi = chunks.length > 0 ? constants.prefillMultiplier : 1
  const load = loadOf(options, batch.sequences, chunks)
  let t = constants.sequenceS * (batch.sequences + chunks.length)
  for (const [stage, layers] of stagesOf(options).entries()) {
    if (stage > 0) t += send(options, load.tokens)
    for (const layer of layers) {
      t += layerSeconds(options, layer, load, batch, chunks, phi)
      if (host) t += constants.layerS
    }
  }
  for (let microBatch = 0; microBatch < load.microBatches; microBatch++) {
    if (host) t += constants.stepS
    t += phi * head(options, load.sampled)
  }
  return t
}

/** The eager engine's step: the host launches beside the devices, and neither waits for all of the other. */
export function naiveEagerSeconds(
  options: OperatorsOptions,
  batch: DecodeBatch,
  chunks: readonly Chunk[],
): number {
  const { stepS, layerS } = options.constants
  let hostS = 0
  const { microBatches } = loadOf(options, batch.sequences, chunks)
  for (let microBatch = 0; microBatch < microBatches; microBatch++) hostS += stepS
  for (let layer = 0; layer < options.model.layers; layer++) hostS += layerS
  return Math.hypot(hostS, naiveStepSeconds(options, batch, chunks, { host: false }))
}

/** The layers of every stage by number, dealt like cards. */
function stagesOf({ model, parallelism }: OperatorsOptions): number[][] {
  const stages: number[][] = Array.from({ length: parallelism.pp }, () => [])
  for (let layer = 0; layer < model.layers; layer++) stages[layer % parallelism.pp].push(layer)
  return stages
}

function loadOf(
  { parallelism, rowsPerDecode = 1 }: OperatorsOptions,
  decodes: number,
  chunks: readonly Chunk[],
): Load {
  const members = decodes + chunks.length
  const rows = decodes * rowsPerDecode
  const places = dealtOut(members, parallelism.pp, parallelism.attentionDp)
  const microBatches = places.length
  const ranks = Math.max(...places.map(rankOf => rankOf.length))
  const tokens = chunks.reduce((sum, chunk) => sum + chunk.tokens, rows)
  const rankDecodes = fullest(dealtOut(decodes, microBatches, ranks))
  // A chunk is not cut over ranks, so that some may have none; micro-batches all have their part.
  const chunkRanks = Math.max(1, ...dealtOut(chunks.length, microBatches, ranks).map(rankOf => rankOf.length))
  const rankChunkTokens = fullest(dealtOut(tokens - rows, microBatches, chunkRanks))
  const microBatchTokens = fullest(dealtOut(tokens, microBatches, 1))
  return {
    microBatches,
    tokens: microBatchTokens,
    rankTokens: Math.min(fullest(dealtOut(rows, microBatches, ranks)) + rankChunkTokens, microBatchTokens),
    rankDecodes,
    sampled: fullest(dealtOut(rows + chunks.length, microBatches, 1)),
    part: 1 / (microBatches * ranks),
    chunkPart: 1 / (microBatches * chunkRanks),
  }
}

function fullest(dealt: readonly number[][]): number {
  return Math.max(0, ...dealt.flat())
}

/** How many of so many things each rank of each micro-batch gets when dealt one by one; empty ones are left out. */
function dealtOut(things: number, microBatches: number, ranks: number): number[][] {
  const dealt: number[][] = []
  for (let thing = 0; thing < things; thing++) {
    const microBatch = thing % microBatches
    dealt[microBatch] ??= []
    const rankOf = dealt[microBatch]
    const rank = Math.floor(thing / microBatches) % ranks
    rankOf[rank] = (rankOf[rank] ?? 0) + 1
  }
  return dealt
}

function layerSeconds(
  o: OperatorsOptions,
  layer: number,
  load: Load,
  batch: DecodeBatch,
  chunks: readonly Chunk[],
  phi: number,
): number {
  const { model, constants } = o
  const isDense = layer < model.layers - (model.moe?.moeLayers ?? 0)
  const windowTokens = layer < (model.window?.layers ?? 0) ? model.window!.tokens : Number.POSITIVE_INFINITY
  let t = phi * naiveAttentionGemms(o, load.rankTokens, gemm)
  t += phi * (isDense ? mlp(o, load.tokens, model.ffn) : experts(o, load.tokens))
  if (!isDense) t += constants.moeLayerS
  if (batch.sequences > 0) t += attentionDecode(o, batch, load, windowTokens)
  if (chunks.length > 0) t += phi * attentionPrefill(o, chunks, load, windowTokens)
  t += elementwise(o, isDense, load)
  return t + exchanges(o, load)
}

/** @param heads that each do a product like this in the same kernel */
export function gemm(
  o: OperatorsOptions,
  c: RooflineConstants,
  wbytes: number,
  m: number,
  n: number,
  k: number,
  heads = 1,
): number {
  const compute = (heads * 2 * m * n * k) / (c.flopsPerS * c.compute)
  const memory = (heads * (n * k * wbytes + (m * k + m * n) * 2)) / (o.constants.bytesPerS * c.memory)
  return c.fixedS + Math.max(compute, memory)
}

function head(o: OperatorsOptions, sampled: number): number {
  return gemm(o, o.constants.head, 2, sampled, o.model.vocab / o.parallelism.tp, o.model.hidden)
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

/** Two grouped products over the experts of the busiest group, and the shared experts as one dense MLP. */
function experts(o: OperatorsOptions, m: number): number {
  const { model, parallelism, constants } = o
  const moe = model.moe!
  const { tp, ep } = parallelism
  const touched = (moe.experts / ep) * (1 - (1 - moe.expertsPerToken / moe.experts) ** m)
  const ffn = moe.expertFfn / (tp / ep)
  const mean = (m * moe.expertsPerToken) / ep
  const sigma = Math.sqrt((m * moe.expertsPerToken * (ep - 1)) / (ep * ep))
  const rows = Math.min(mean + sigma * Math.sqrt(2 * Math.log(ep)), m * moe.expertsPerToken)
  const grouped = (columns: number, depth: number) => {
    const flops = 2 * rows * columns * depth
    const bytes = touched * columns * depth * parallelism.weightBytes + rows * (columns + depth) * 2
    const { flopsPerS, compute, memory, fixedS } = constants.gemm
    return fixedS + Math.max(flops / (flopsPerS * compute), bytes / (constants.bytesPerS * memory))
  }
  const shared = moe.sharedExperts > 0 ? mlp(o, m, moe.sharedExperts * moe.expertFfn) : 0
  return grouped(2 * ffn, model.hidden) + grouped(model.hidden, ffn) + shared
}

/** Devices that share the heads of a sequence. */
function sharersOf({ parallelism }: OperatorsOptions): number {
  return parallelism.tp / parallelism.attentionDp
}

/** Keys and values read by bandwidth, or queries against them by compute, whichever takes longer. */
function attentionDecode(o: OperatorsOptions, batch: DecodeBatch, load: Load, windowTokens: number): number {
  const { model, parallelism, constants } = o
  const { fixedS, perSequenceS, memory } = constants.attentionDecode
  const heads = model.heads / sharersOf(o)
  const { mla } = model
  const held = batch.contextTokens + batch.sequences
  const context = load.part * Math.min(held, batch.sequences * windowTokens)
  const elements = mla
    ? mla.kvRank + mla.ropeDim
    : 2 * Math.max(1, model.kvHeads / sharersOf(o)) * model.headDim
  const dotted = mla ? mla.kvRank + mla.ropeDim : model.headDim
  const summed = mla ? mla.kvRank : model.headDim
  const bytesS = (context * elements * parallelism.kvBytes) / (constants.bytesPerS * memory)
  const { flopsPerS, compute } = constants.attentionPrefill
  const flops = (o.rowsPerDecode ?? 1) * context * heads * (2 * dotted + 2 * summed)
  const flopsS = flops / (flopsPerS * compute)
  return fixedS + perSequenceS * load.rankDecodes + Math.max(bytesS, flopsS)
}

/** Compute plus bytes; under latent attention of keys and values that have been expanded for every head. */
function attentionPrefill(
  o: OperatorsOptions,
  chunks: readonly Chunk[],
  load: Load,
  windowTokens: number,
): number {
  const { model, parallelism, constants } = o
  const { fixedS, flopsPerS, compute, memory } = constants.attentionPrefill
  const { mla } = model
  const heads = model.heads / sharersOf(o)
  const keyDim = mla ? mla.nopeDim + mla.ropeDim : model.headDim
  const valueDim = mla ? mla.valueDim : model.headDim
  const kvHeads = mla ? heads : Math.max(1, model.kvHeads / sharersOf(o))
  const kvBytes = mla ? 2 : parallelism.kvBytes
  let t = fixedS
  for (const { tokens: q, cachedTokens: c } of chunks) {
    const flops = 2 * heads * (keyDim + valueDim) * pairsWithin({ tokens: q, cachedTokens: c }, windowTokens)
    const queries = q * heads * (keyDim + valueDim) * 2
    const seen = q + cachedWithin({ tokens: q, cachedTokens: c }, windowTokens)
    const keys = seen * kvHeads * (keyDim + valueDim) * kvBytes
    const bytesS = (queries + keys) / (constants.bytesPerS * memory)
    t += load.chunkPart * (flops / (flopsPerS * compute) + bytesS)
  }
  return t
}

function elementwise(
  { model, parallelism, constants }: OperatorsOptions,
  dense: boolean,
  load: Load,
): number {
  const moe = model.moe
  const ffn = dense ? model.ffn : (moe!.expertsPerToken + moe!.sharedExperts) * moe!.expertFfn
  const bytes = load.rankTokens * 8 * model.hidden * 2 + (load.tokens * 3 * ffn * 2) / parallelism.tp
  return constants.elementwise.fixedS + bytes / (constants.bytesPerS * constants.elementwise.memory)
}

/** What the devices of a stage tell one another in a layer: after attention, and around or after the MLP. */
function exchanges(o: OperatorsOptions, load: Load): number {
  const { allReduce, collective } = o.constants
  const { tp, attentionDp } = o.parallelism
  const token = o.model.hidden * 2
  const sharers = sharersOf(o)
  let t = 0
  if (sharers > 1) t += ring(allReduce!, sharers, 2, load.rankTokens * token)
  if (attentionDp > 1) {
    t += ring(collective!, tp, 1, load.tokens * token) // gather
    t += ring(collective!, tp, 1, load.tokens * token) // scatter
  } else if (tp > 1) {
    t += ring(allReduce!, tp, 2, load.tokens * token)
  }
  return t
}

/** Every device passes a share of the bytes on to its neighbour, n − 1 times a round. */
function ring(
  { fixedS, hopS, bytesPerS, link }: ExchangeConstants,
  n: number,
  rounds: number,
  bytes: number,
) {
  let t = fixedS
  for (let hop = 1; hop < n; hop++) t += hopS + (rounds * (bytes / n)) / (bytesPerS * link)
  return t
}

function send({ model, constants }: OperatorsOptions, tokens: number): number {
  const { fixedS, bytesPerS, link } = constants.sendReceive!
  return fixedS + (tokens * model.hidden * 2) / (bytesPerS * link)
}
