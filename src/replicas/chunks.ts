import { cachedRead, causalPairs } from '../latency/context.ts'
import type { ContextWindow, LatencyModel, MixedStep } from '../latency/contract.ts'

/** The prefill chunks of a step, while it is formed and while it runs, with the decodes that share it. */
export class Chunks implements MixedStep {
  sequences = 0
  contextTokens = 0
  chunks = 0
  chunkTokens = 0
  chunkCachedTokens = 0
  chunkPairs = 0
  paddedTokens = 0
  paddedPairs = 0
  longestTokens = 0
  ordinal = 0
  /** What the step takes, and whether the power cap binds in it. */
  seconds = Number.NaN
  joules = Number.NaN
  isCapped = false
  readonly window: ContextWindow | undefined
  readonly #latency: LatencyModel
  readonly #isPadded: boolean
  /** Request and size of every chunk, in turn. */
  #entries = new Int32Array(0)

  constructor(latency: LatencyModel) {
    this.window = latency.window
    this.#latency = latency
    this.#isPadded = latency.paddedTokens !== undefined
  }

  /** Empties the step. */
  clear(): void {
    this.sequences = 0
    this.contextTokens = 0
    this.chunks = 0
    this.chunkTokens = 0
    this.chunkCachedTokens = 0
    this.chunkPairs = 0
    this.paddedTokens = 0
    this.paddedPairs = 0
  }

  /** Adds `tokens` of the request's prompt, of which `cachedTokens` have been computed before. */
  add(request: number, tokens: number, cachedTokens: number): void {
    if (2 * this.chunks === this.#entries.length) {
      const entries = new Int32Array(Math.max(8, 2 * this.#entries.length))
      entries.set(this.#entries)
      this.#entries = entries
    }
    this.#entries[2 * this.chunks] = request
    this.#entries[2 * this.chunks + 1] = tokens
    this.chunks++
    this.chunkTokens += tokens
    this.chunkCachedTokens += cachedRead(cachedTokens, this.window)
    this.chunkPairs += causalPairs(tokens, cachedTokens, this.window)
    if (this.#isPadded) this.#pad(this.#latency.paddedTokens!(tokens), cachedTokens)
  }

  #pad(tokens: number, cachedTokens: number): void {
    this.paddedTokens += tokens
    this.paddedPairs += causalPairs(tokens, cachedTokens, this.window)
  }

  requestOf(chunk: number): number {
    return this.#entries[2 * chunk]
  }

  tokensOf(chunk: number): number {
    return this.#entries[2 * chunk + 1]
  }
}
