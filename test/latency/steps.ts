import { below, stream } from '../../src/core/random.ts'
import type { ContextWindow, DecodeBatch, MixedStep } from '../../src/latency/contract.ts'

export interface Chunk {
  readonly tokens: number
  readonly cachedTokens: number
}

const random = stream('steps', 'test/latency')

/** A number with many sizes alike. */
function spread(limit: number): number {
  return Math.floor(Math.exp(random() * Math.log(limit)))
}

export function someBatch(): DecodeBatch {
  const sequences = spread(1024)
  return { sequences, contextTokens: sequences * spread(16_384) + below(random, sequences) }
}

export function someChunks(): Chunk[] {
  return Array.from({ length: 1 + below(random, 4) }, () => ({
    tokens: spread(8192),
    cachedTokens: random() < 0.5 ? 0 : spread(32_768),
  }))
}

export const NO_DECODES: DecodeBatch = { sequences: 0, contextTokens: 0 }

/** The same decodes of a model with this window. */
export function within<B extends DecodeBatch>(window: ContextWindow | undefined, batch: B): B {
  return { ...batch, window }
}

/** The step with its pairs counted within the batch's window. */
export function mixedStep(batch: DecodeBatch, chunks: readonly Chunk[], ordinal = 0): MixedStep {
  const sum = (value: (chunk: Chunk) => number) => chunks.reduce((total, chunk) => total + value(chunk), 0)
  return {
    ...batch,
    chunks: chunks.length,
    chunkTokens: sum(chunk => chunk.tokens),
    chunkCachedTokens: sum(chunk => cachedOf(chunk, batch.window)),
    chunkPairs: sum(chunk => pairsOf(chunk, batch.window)),
    ordinal,
  }
}

/** Query-key pairs of a chunk, counted query by query but for half a pair each, as a mean over layers. */
export function pairsOf(chunk: Chunk, window?: ContextWindow): number {
  const all = pairsWithin(chunk, Number.POSITIVE_INFINITY)
  return window === undefined
    ? all
    : (1 - window.share) * all + window.share * pairsWithin(chunk, window.tokens)
}

/** Cached tokens that a chunk reads, as a mean over layers. */
export function cachedOf(chunk: Chunk, window?: ContextWindow): number {
  const { cachedTokens } = chunk
  return window === undefined
    ? cachedTokens
    : (1 - window.share) * cachedTokens + window.share * cachedWithin(chunk, window.tokens)
}

/** Cached tokens that the first query of a chunk sees beside itself in one layer with a window. */
export function cachedWithin({ cachedTokens }: Chunk, windowTokens: number): number {
  return cachedTokens < windowTokens ? cachedTokens : windowTokens - 1
}

/** Query-key pairs of a chunk in one layer with a window, or without where it is infinite. */
export function pairsWithin({ tokens, cachedTokens }: Chunk, windowTokens: number): number {
  let pairs = 0
  for (let query = 0; query < tokens; query++) pairs += Math.min(cachedTokens + query + 0.5, windowTokens)
  return pairs
}

/** Context tokens that a step of the batch reads, as a mean over layers. */
export function readBy({ sequences, contextTokens, window }: DecodeBatch): number {
  const held = contextTokens + sequences
  if (window === undefined) return held
  const bounded = Math.min(held, sequences * window.tokens)
  return held * (1 - window.share) + bounded * window.share
}

/** The batch after `steps` decode steps. */
export function advanced(batch: DecodeBatch, steps: number): DecodeBatch {
  return { ...batch, contextTokens: batch.contextTokens + steps * batch.sequences }
}

export function relativeError(value: number, truth: number): number {
  return Math.abs(value - truth) / Math.abs(truth)
}
