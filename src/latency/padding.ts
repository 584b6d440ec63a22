import { addedBy, contextAt } from './context.ts'
import type { ContextWindow, DecodeBatch, MixedStep } from './contract.ts'

/** Sizes that a stack has compiled, each list rising; what has no list runs as it is. */
export interface Buckets {
  /** Sequences of a step that decode. */
  readonly batch?: readonly number[]
  /**
   * Context tokens of a decode, its own included: every sequence of a step reads as many as the bucket of the longest.
   */
  readonly context?: readonly number[]
  /** Tokens of a chunk. */
  readonly prompt?: readonly number[]
}

/**
 * Steps as compiled stacks run them: filled up to the next larger sizes there are. Sequences that fill a batch read the
 * bucket of its context, or one token where contexts have no buckets.
 *
 * Throws a RangeError at a list that does not rise, and at whatever no bucket can hold.
 */
export class Padding {
  /** Whether contexts are hidden by their buckets: a step costs the same whatever of them is filled. */
  readonly hidesContext: boolean
  readonly padsBatches: boolean
  readonly padsChunks: boolean
  readonly #buckets: Buckets
  /** What was answered last. */
  readonly #batch = new Padded()
  readonly #step = new Padded()

  constructor(buckets: Buckets) {
    for (const [name, sizes] of Object.entries(buckets)) checkBuckets(name, sizes)
    this.hidesContext = buckets.context !== undefined
    this.padsBatches = buckets.batch !== undefined
    this.padsChunks = buckets.prompt !== undefined
    this.#buckets = buckets
  }

  sequences(sequences: number): number {
    return bucketOf(this.#buckets.batch, sequences, 'sequences')
  }

  /** Tokens that a chunk of `tokens` is filled up to. */
  chunkTokens(tokens: number): number {
    return bucketOf(this.#buckets.prompt, tokens, 'tokens of a chunk')
  }

  /** Context tokens that a decode may add before it needs a larger bucket. */
  contextRoom(batch: DecodeBatch): number {
    const longest = longestOf(batch)
    return this.#contextBucket(longest + 1) - longest
  }

  /** What the sequences that fill the batch up read in a step, where contexts have no buckets. */
  fillTokens(batch: DecodeBatch): number {
    return this.sequences(batch.sequences) - batch.sequences
  }

  /** Decode step `step` of the batch as the first of another. Good until the next question. */
  batch(batch: DecodeBatch, step: number): DecodeBatch {
    return this.#pad(this.#batch, batch, step)
  }

  /** What the sequences that fill the batch up do by themselves in a step: the batch without its context. */
  withoutContext(batch: DecodeBatch): DecodeBatch {
    const padded = this.#batch
    padded.sequences = this.sequences(batch.sequences)
    padded.contextTokens = -batch.sequences
    return padded
  }

  /** The step as it runs. Good until the next question. */
  step(step: MixedStep): MixedStep {
    const padded = this.#step
    this.#pad(padded, step, 1)
    padded.chunks = step.chunks
    padded.chunkTokens = this.padsChunks ? told(step.paddedTokens) : step.chunkTokens
    padded.chunkPairs = this.padsChunks ? told(step.paddedPairs) : step.chunkPairs
    padded.chunkCachedTokens = step.chunkCachedTokens
    padded.ordinal = step.ordinal
    return padded
  }

  #pad(padded: Padded, batch: DecodeBatch, step: number): DecodeBatch {
    const sequences = this.sequences(batch.sequences)
    padded.sequences = sequences
    if (this.hidesContext) {
      padded.window = batch.window
      padded.contextTokens = sequences * (this.#bucketAt(batch, step) - 1)
    } else {
      // Windows are counted before it is padded: what fills a batch up leaves no more room in those of its own.
      padded.contextTokens = contextAt(batch, step) - batch.sequences
    }
    return padded
  }

  #bucketAt(batch: DecodeBatch, step: number): number {
    return batch.sequences === 0 ? 1 : this.#contextBucket(longestOf(batch) + addedBy(batch, step))
  }

  #contextBucket(tokens: number): number {
    return bucketOf(this.#buckets.context, tokens, 'context tokens')
  }
}

class Padded implements MixedStep {
  sequences = 0
  contextTokens = 0
  window: ContextWindow | undefined
  chunks = 0
  chunkTokens = 0
  chunkCachedTokens = 0
  chunkPairs = 0
  ordinal = 0
}

/** The least bucket that holds so many; as many where there are no buckets, or none to hold. */
function bucketOf(sizes: readonly number[] | undefined, count: number, of: string): number {
  if (sizes === undefined || count === 0) return count
  for (const size of sizes) if (size >= count) return size
  throw new RangeError(`${count} ${of} are more than the largest bucket, ${sizes[sizes.length - 1]}, holds`)
}

function checkBuckets(name: string, sizes: readonly number[]): void {
  if (sizes.length === 0) throw new RangeError(`${name} buckets: there are none`)
  const bad = sizes.findIndex(
    (size, i) => !(Number.isSafeInteger(size) && size > (i === 0 ? 0 : sizes[i - 1])),
  )
  if (bad >= 0)
    throw new RangeError(`${name} bucket ${sizes[bad]} is not a whole number above the one before`)
}

function longestOf({ longestTokens }: DecodeBatch): number {
  if (longestTokens === undefined) throw new RangeError('context buckets need the longest context of a batch')
  return longestTokens
}

function told(padded: number | undefined): number {
  if (padded === undefined)
    throw new RangeError('prompt buckets need what the chunks of a step are padded to')
  return padded
}
