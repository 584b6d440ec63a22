/** Layers that attend to the last `tokens` tokens of a sequence only. */
export interface ContextWindow {
  readonly tokens: number
  /** Share of the layers, above 0 and at most 1. */
  readonly share: number
}

/**
 * How fast the decodes of a replica emit, all alike: tokens against the replica's own count of decode steps, at least
 * one a step. All three are whole numbers, and functions of their argument alone.
 */
export interface Pace {
  /** Tokens that a decode emits in the first `step` steps: 0 at 0, rising with every step. */
  tokensBy(step: number): number
  /** Sum of `tokensBy` over 0, 1, ... `step` - 1. */
  sumBy(step: number): number
  /** The least step with `tokensBy(step) >= tokens`. */
  stepFor(tokens: number): number
  /** A pace of the same law for one replica, with draws of its own; absent where nothing is drawn. */
  ofReplica?(replica: number): Pace
}

/**
 * The decodes of a step as one aggregate; every decode adds a token to its context at each step, or as its pace says.
 */
export interface DecodeBatch {
  /** Sequences that decode. */
  readonly sequences: number
  /**
   * Sum of their context tokens before the first step. At step j they read contextTokens + j * sequences; under a pace
   * the tokens of the steps before and one each: a step reads what it finds and its own token, however many it emits.
   */
  readonly contextTokens: number
  /** Tokens that decodes emit a step; 1 where absent. */
  readonly pace?: Pace | undefined
  /**
   * Decode steps of the replica before the first, from which the pace goes on; 0 where absent, unread without a pace.
   */
  readonly originStep?: number
  /** Context tokens of the longest before the first step; for models with `readsLongest`. */
  readonly longestTokens?: number
  /**
   * What bounds the context that layers read, where the model has such layers. Windows count as filled once the
   * mean context fills them: exact where all contexts lie on one side, else a little too long.
   */
  readonly window?: ContextWindow | undefined
}

/** A step that carries prefill chunks beside its decodes. */
export interface MixedStep extends DecodeBatch {
  /** Number of prefill chunks. */
  readonly chunks: number
  /** Sum of q over chunks: prompt tokens computed in this step. */
  readonly chunkTokens: number
  /** Sum of `cachedRead` over chunks: tokens of the same prompts computed earlier, as far as they are read. */
  readonly chunkCachedTokens: number
  /** Sum of `causalPairs` over chunks: query-key pairs of causal attention. */
  readonly chunkPairs: number
  /** `chunkTokens` and `chunkPairs` of the chunks as padded one by one; for models with `paddedTokens`. */
  readonly paddedTokens?: number
  readonly paddedPairs?: number
  /**
   * Tells this step from every other step with chunks in the run: batch changes that its replica has had before
   * it, plus 2^32 times the replica's id. Only models that draw durations read it.
   */
  readonly ordinal: number
}

/** No step is shorter than `stepS + members * memberS`; steps that are longer take what they take without it. */
export interface StepFloor {
  readonly stepS: number
  /** For each decode and each chunk. */
  readonly memberS: number
  readonly without: LatencyModel
}

/**
 * How long a replica's steps take. Every duration is > 0 and depends on the arguments alone.
 *
 * A pure decode step is always priced by `decodeSeconds`; a step with chunks by `stepSeconds`. Conformance
 * suite: test/latency/conformance.test.ts.
 */
export interface LatencyModel {
  /** Seconds of a step that carries at least one prefill chunk. */
  stepSeconds(step: MixedStep): number
  /** Seconds of the next `steps` decode steps of this batch: 0 at 0, strictly increasing. */
  decodeSeconds(batch: DecodeBatch, steps: number): number
  /** Seconds of decode step `step`, counted from 1; nondecreasing up to `steadySteps`. */
  gapSeconds(batch: DecodeBatch, step: number): number
  /**
   * Seconds of a decode step of this batch but for the context it reads; NaN for a batch whose price is not affine in
   * context up to `steadySteps`, and absent where that is so of most. Where there is a number, the model's
   * `decodeSeconds` is `steps * affineSeconds + contextSeconds * contextRead` and its `gapSeconds` the same of one
   * step, to the last bit, so that callers may do the sum themselves.
   */
  affineSeconds?(batch: DecodeBatch): number
  /** For how many decode steps the price law of this batch holds; Infinity where nothing breaks it. */
  steadySteps(batch: DecodeBatch): number
  /**
   * Seconds that each context token read by a decode adds to the next step of the batch, beside so many chunks; 0 where
   * they add none, or cannot be told apart.
   */
  contextSeconds(batch: DecodeBatch, chunks: number): number
  /**
   * Seconds that a chunk of `tokens` after `cachedTokens` adds to such a step beyond what every token costs; where
   * devices wait for one another, its part of them.
   */
  chunkSeconds(tokens: number, cachedTokens: number, members: number): number
  /** Whether batches are to tell their longest context. */
  readonly readsLongest?: boolean
  /** What no step is shorter than; absent where there is no such thing. */
  readonly floor?: StepFloor | undefined
  /** What a batch of so many sequences is padded to; absent where batches run as they are. */
  paddedSequences?(sequences: number): number
  /** What a chunk of `tokens` is padded to; absent where chunks run as they are. */
  paddedTokens?(tokens: number): number
  /** The window that batches and chunks are to count context with. */
  readonly window?: ContextWindow | undefined
}

/**
 * What steps move and compute on one replica, all its devices together. Feeds the energy model. Linear in what a
 * chunk brings, so that sums over the chunks of a step serve as well as one chunk's numbers.
 */
export interface Work {
  /** Bytes of the layers for a step with this many tokens, apart from attention: weights, activations. */
  tokenBytes(tokens: number): number
  /** Floating-point operations of the same. */
  tokenFlops(tokens: number): number
  /** Bytes of the output layer for the tokens that are sampled: one a decode, one a chunk. */
  sampledBytes(sampled: number): number
  sampledFlops(sampled: number): number
  /** KV bytes read per context token of a decode. */
  readonly contextBytes: number
  readonly contextFlops: number
  /** Bytes of a chunk's attention. */
  chunkBytes(tokens: number, cachedTokens: number): number
  /** Floating-point operations per query-key pair of a chunk. */
  readonly pairFlops: number
  /** Tokens that a decode brings to a step's products, all of them sampled; 1 where absent. */
  readonly rowsPerDecode?: number
  /** What passes the step's chunks once, and its decodes so many times, beside all that. */
  readonly draft?: DraftWork
}

/** Its attention is counted with that of the model that it drafts for; here only tokens and samples are asked for. */
export interface DraftWork {
  readonly work: Work
  /** Times that it runs in a step that has decodes, each with one token of every decode. */
  readonly passes: number
}
