import { devicesOf, type Parallelism } from '../latency/layout.ts'
import { weightBytes } from '../latency/products.ts'
import { kvBytesPerToken, type Transformer } from '../latency/transformer.ts'

/** What the memory of a replica holds, in bytes over all its devices. */
export interface ReplicaMemory {
  /** What the engine may use. */
  readonly usableBytes: number
  readonly weightBytes: number
  /** Weights of the model that proposes tokens; absent where there is none. */
  readonly draftBytes?: number
  /** Kept free for the intermediate results of the largest step. */
  readonly activationBytes: number
  /** Communication buffers, captured graphs and the like. */
  readonly runtimeBytes: number
  /** What is left for KV; negative where the model does not fit. */
  readonly kvBytes: number
  readonly kvBytesPerToken: number
  readonly kvBlocks: number
}

export interface MemoryInput {
  readonly model: Transformer
  readonly parallelism: Parallelism
  /** Of one device. */
  readonly memoryBytes: number
  /** Share of it that the engine may use. */
  readonly utilization: number
  /** Of one device. */
  readonly runtimeBytes: number
  readonly tokenBudget: number
  /** Of one attention rank. */
  readonly maxSequences: number
  readonly blockTokens: number
  /** What proposes tokens, beside the model: its weights, and its KV of a token. */
  readonly draft?: { readonly weightBytes: number; readonly kvBytesPerToken: number }
}

/** How a replica's memory is shared out: whole KV blocks in what weights, activations and runtime leave. */
export function replicaMemory(input: MemoryInput): ReplicaMemory {
  const { model, parallelism, draft, blockTokens } = input
  const devices = devicesOf(parallelism)
  const usableBytes = input.utilization * input.memoryBytes * devices
  const weights = weightBytes(model, parallelism)
  const activationBytes = devices * activationBytesPerDevice(input)
  const runtimeBytes = devices * input.runtimeBytes
  const kvBytes = usableBytes - weights - activationBytes - runtimeBytes - (draft?.weightBytes ?? 0)
  return {
    usableBytes,
    weightBytes: weights,
    ...(draft && { draftBytes: draft.weightBytes }),
    activationBytes,
    runtimeBytes,
    kvBytes,
    ...kvPool(input, kvBytes, blockTokens),
  }
}

/**
 * Blocks of KV, counted by the tokens of a sequence. Layers with a window hold no more than the window of each
 * sequence: set apart for every sequence that may run, or counted like the others, whichever leaves more blocks.
 * Where all layers have a window a sequence never takes more than it, yet is counted by all its tokens.
 */
function kvPool(
  { model, parallelism, maxSequences, draft }: MemoryInput,
  kvBytes: number,
  blockTokens: number,
) {
  const ofModel = kvBytesPerToken(model, parallelism)
  const perToken = ofModel + (draft?.kvBytesPerToken ?? 0)
  const all = { kvBytesPerToken: perToken, kvBlocks: blocks(kvBytes, perToken * blockTokens) }
  const { window } = model
  if (window === undefined || window.layers === model.layers) return all
  const windowed = (window.layers / model.layers) * ofModel
  const left = kvBytes - maxSequences * parallelism.attentionDp * window.tokens * windowed
  const bounded = perToken - windowed
  const apart = { kvBytesPerToken: bounded, kvBlocks: blocks(left, bounded * blockTokens) }
  return apart.kvBlocks > all.kvBlocks ? apart : all
}

/** Tokens of KV that one sequence can have: it stays on its attention rank, which has its part of the blocks. */
export function sequenceTokens(
  { kvBlocks }: ReplicaMemory,
  attentionDp: number,
  blockTokens: number,
): number {
  return Math.floor(kvBlocks / attentionDp) * blockTokens
}

function blocks(bytes: number, blockBytes: number): number {
  return Math.max(0, Math.floor(bytes / blockBytes))
}

/** Bytes that sampling keeps per sequence and vocabulary entry: copies of the logits in fp32, and their order. */
const SAMPLER_BYTES = 40

/**
 * Peak of a step's intermediate results on one device: the larger of a layer's MLP under the whole token budget and
 * sampling for every sequence. An estimate: for an 8B model at 8192 tokens and 256 sequences it gives 1.3 GB, as
 * vLLM's profiling measured on one device and on two (vllm-project/vllm#10511: 1.26 GiB).
 */
function activationBytesPerDevice({ model, parallelism, tokenBudget, maxSequences }: MemoryInput): number {
  const { hidden, ffn, moe, vocab } = model
  const expertFfn = moe === undefined ? 0 : (moe.expertsPerToken + moe.sharedExperts) * moe.expertFfn
  const width = 4 * hidden + (3 * Math.max(ffn, expertFfn)) / parallelism.tp
  const mlpBytes = tokenBudget * width * parallelism.activationBytes
  return Math.max(mlpBytes, maxSequences * vocab * SAMPLER_BYTES)
}
