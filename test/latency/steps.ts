import { below, stream } from '../../src/core/random.ts'
import type { DecodeBatch, MixedStep } from '../../src/latency/contract.ts'

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

export function mixedStep(batch: DecodeBatch, chunks: readonly Chunk[], ordinal = 0): MixedStep {
  const sum = (value: (chunk: Chunk) => number) => chunks.reduce((total, chunk) => total + value(chunk), 0)
  return {
    ...batch,
    chunks: chunks.length,
    chunkTokens: sum(chunk => chunk.tokens),
    chunkCachedTokens: sum(chunk => chunk.cachedTokens),
    chunkPairs: sum(pairsOf),
    ordinal,
  }
}

/** Query-key pairs of a chunk, counted query by query but for half a pair each. */
export function pairsOf({ tokens, cachedTokens }: Chunk): number {
  let pairs = 0
  for (let query = 0; query < tokens; query++) pairs += cachedTokens + query + 0.5
  return pairs
}

/** The batch after `steps` decode steps. */
export function advanced(batch: DecodeBatch, steps: number): DecodeBatch {
  return { sequences: batch.sequences, contextTokens: batch.contextTokens + steps * batch.sequences }
}

export function relativeError(value: number, truth: number): number {
  return Math.abs(value - truth) / Math.abs(truth)
}
