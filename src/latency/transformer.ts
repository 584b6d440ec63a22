import { attentionTp, type Parallelism } from './layout.ts'

/** Sizes of a decoder-only transformer, dense or mixture-of-experts. */
export interface Transformer {
  readonly layers: number
  readonly hidden: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  /** Intermediate size of the dense MLP. */
  readonly ffn: number
  readonly gatedMlp: boolean
  readonly vocab: number
  readonly tiedEmbedding: boolean
  readonly moe?: MixtureOfExperts
  readonly mla?: LatentAttention
  readonly window?: SlidingWindow
}

/** The MLP of `moeLayers` of the layers; the others are dense. */
export interface MixtureOfExperts {
  readonly experts: number
  readonly expertsPerToken: number
  readonly expertFfn: number
  /** Experts that every token passes, beside its own. */
  readonly sharedExperts: number
  readonly moeLayers: number
}

/**
 * Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434): keys and values of a token are one vector of `kvRank`
 * and one of `ropeDim`, shared by all heads. `headDim` and `kvHeads` of the model are not used then.
 */
export interface LatentAttention {
  readonly kvRank: number
  /** Rank through which queries are made; 0 where they are made at once. */
  readonly queryRank: number
  /** Dimensions of a head's queries and keys without and with rotary position, and of its values. */
  readonly nopeDim: number
  readonly ropeDim: number
  readonly valueDim: number
}

/** Layers that attend to the last `tokens` tokens only. */
export interface SlidingWindow {
  readonly tokens: number
  readonly layers: number
}

/** Layers with a mixture of experts. */
export function moeLayersOf(model: Transformer): number {
  return model.moe === undefined ? 0 : model.moe.moeLayers
}

/** KV heads on each of `tp` devices; a head is copied where there are more devices than heads. */
export function kvHeadsPerDevice(model: Transformer, tp: number): number {
  return model.kvHeads / Math.min(tp, model.kvHeads)
}

/** Bytes that a context token's keys and values take in one layer of one device; a latent is copied to every one. */
export function kvBytesPerLayer(model: Transformer, parallelism: Parallelism): number {
  const { mla, headDim } = model
  const elements =
    mla === undefined
      ? 2 * kvHeadsPerDevice(model, attentionTp(parallelism)) * headDim
      : mla.kvRank + mla.ropeDim
  return elements * parallelism.kvBytes
}

/** Bytes that a context token's keys and values take on all devices of a replica together. */
export function kvBytesPerToken(model: Transformer, parallelism: Parallelism): number {
  return model.layers * attentionTp(parallelism) * kvBytesPerLayer(model, parallelism)
}

/** Operations of a decode's attention per context token in one layer, all heads: latents are attended as they are. */
export function contextFlopsPerLayer({ heads, headDim, mla }: Transformer): number {
  return 2 * heads * (mla === undefined ? 2 * headDim : 2 * mla.kvRank + mla.ropeDim)
}

/** Operations of a chunk's attention per query-key pair in one layer, all heads: latents are expanded first. */
export function pairFlopsPerLayer({ heads, headDim, mla }: Transformer): number {
  return 2 * heads * (mla === undefined ? 2 * headDim : mla.nopeDim + mla.ropeDim + mla.valueDim)
}

/** Bytes that the attention of a chunk moves in one layer of one device: q, o, and k, v from its first token on. */
export function chunkBytesPerLayer(
  model: Transformer,
  parallelism: Parallelism,
  tokens: number,
  cachedTokens: number,
): number {
  const { headDim, mla } = model
  const { activationBytes, kvBytes } = parallelism
  const heads = model.heads / attentionTp(parallelism)
  if (mla !== undefined) {
    const perHead = mla.nopeDim + mla.ropeDim + mla.valueDim
    return (2 * tokens + cachedTokens) * heads * perHead * activationBytes
  }
  const queries = 2 * tokens * heads * activationBytes
  const keys = 2 * (tokens + cachedTokens) * kvHeadsPerDevice(model, attentionTp(parallelism)) * kvBytes
  return (queries + keys) * headDim
}

/**
 * Bytes per token that the elementwise kernels of all layers move on one device (MODEL_STUDY §1): norms, rotations
 * and sums of the tokens of its attention rank, activations of the MLP for all tokens.
 */
export function elementwiseBytes(
  model: Transformer,
  { tp, activationBytes }: Parallelism,
): { readonly ofRank: number; readonly ofAll: number } {
  const { layers, hidden, ffn, moe } = model
  const dense = (layers - moeLayersOf(model)) * ffn
  const sparse =
    moe === undefined ? 0 : moe.moeLayers * (moe.expertsPerToken + moe.sharedExperts) * moe.expertFfn
  return {
    ofRank: layers * 8 * hidden * activationBytes,
    ofAll: ((3 * (dense + sparse)) / tp) * activationBytes,
  }
}
