import { below, stream } from '../../src/core/random.ts'
import { acceptedChances } from '../../src/latency/acceptance.ts'
import type { ContextWindow, DecodeBatch, MixedStep, Pace } from '../../src/latency/contract.ts'
import { expectedPace, tracedPace } from '../../src/latency/pace.ts'
import { sampledPace } from '../../src/latency/sampled-pace.ts'

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
  const mean = spread(16_384)
  const contextTokens = sequences * mean + below(random, sequences)
  return { sequences, contextTokens, longestTokens: mean + below(random, 2 * mean) + 1 }
}

/** One of every kind. */
export const PACES: readonly Pace[] = [
  expectedPace(2.7731),
  expectedPace(1.25),
  tracedPace([0, 3, 1, 4, 0, 0, 2]),
  sampledPace(11, acceptedChances([0.8, 0.6, 0.5], 3)),
]

/** Somewhere in the life of a replica that speculates. */
export function somePacedBatch(): DecodeBatch {
  const pace = PACES[below(random, PACES.length)]
  return { ...someBatch(), pace, originStep: spread(1_000_000) }
}

export function someChunks(): Chunk[] {
  return Array.from({ length: 1 + below(random, 4) }, () => ({
    tokens: spread(8192),
    cachedTokens: random() < 0.5 ? 0 : spread(32_768),
  }))
}

export const NO_DECODES: DecodeBatch = { sequences: 0, contextTokens: 0, longestTokens: 0 }

/** The same decodes of a model with this window. */
export function within<B extends DecodeBatch>(window: ContextWindow | undefined, batch: B): B {
  return { ...batch, window }
}

/**
 * The step with its pairs counted within the batch's window.
 *
 * @param padded what a chunk of so many tokens is padded to
 */
export function mixedStep(
  batch: DecodeBatch,
  chunks: readonly Chunk[],
  ordinal = 0,
  padded: (tokens: number) => number = tokens => tokens,
): MixedStep {
  const sum = (value: (chunk: Chunk) => number) => chunks.reduce((total, chunk) => total + value(chunk), 0)
  const widened = ({ tokens, cachedTokens }: Chunk) => ({ tokens: padded(tokens), cachedTokens })
  return {
    ...batch,
    chunks: chunks.length,
    chunkTokens: sum(chunk => chunk.tokens),
    chunkCachedTokens: sum(chunk => cachedOf(chunk, batch.window)),
    chunkPairs: sum(chunk => pairsOf(chunk, batch.window)),
    paddedTokens: sum(chunk => padded(chunk.tokens)),
    paddedPairs: sum(chunk => pairsOf(widened(chunk), batch.window)),
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
  const { pace, originStep = 0, sequences, contextTokens, longestTokens = 0 } = batch
  const emitted = pace ? pace.tokensBy(originStep + steps) - pace.tokensBy(originStep) : steps
  return {
    ...batch,
    originStep: originStep + steps,
    contextTokens: contextTokens + emitted * sequences,
    longestTokens: longestTokens + emitted,
  }
}

export function relativeError(value: number, truth: number): number {
  return Math.abs(value - truth) / Math.abs(truth)
}
