import type { Batcher, StepFormation } from '../../src/batching/contract.ts'

export interface Limits {
  readonly maxSequences: number
  readonly tokenBudget: number
  readonly chunkBudget: number
  readonly maxPrefills: number
  /** Tokens of KV, set apart for all of a request when it is admitted. */
  readonly memoryTokens: number
}

export const UNLIMITED: Limits = {
  maxSequences: Infinity,
  tokenBudget: Infinity,
  chunkBudget: Infinity,
  maxPrefills: Infinity,
  memoryTokens: Infinity,
}

export interface FakeRequest {
  readonly promptTokens: number
  /** Of the prompt: all of it where its KV came from elsewhere. */
  computedTokens: number
  /** Output tokens to come. */
  leftTokens: number
  /** Of KV, from its admission to its end. */
  readonly reservedTokens: number
}

export interface FormedStep {
  readonly decodes: readonly FakeRequest[]
  readonly chunks: readonly { readonly request: FakeRequest; readonly tokens: number }[]
  /** Admitted with nothing to compute. */
  readonly joined: readonly FakeRequest[]
  /** Prefills that are not complete when the step begins. */
  readonly prefills: number
  readonly ended: readonly FakeRequest[]
}

/**
 * What a replica lets a batcher do and no more: without blocks, preemption or time. It throws where a batcher admits
 * nobody, more than there is, or again after a refusal.
 */
export class FakeReplica implements StepFormation {
  readonly queue: FakeRequest[] = []
  readonly limits: Limits
  readonly maxSequences: number
  readonly #batcher: Batcher
  #decoding: FakeRequest[] = []
  #prefilling: FakeRequest[] = []
  #chunks: { request: FakeRequest; tokens: number }[] = []
  #joined: FakeRequest[] = []
  #hasContinued = false
  #hasRefused = false

  constructor(batcher: Batcher, limits: Partial<Limits> = {}) {
    this.#batcher = batcher
    this.limits = { ...UNLIMITED, ...limits }
    this.maxSequences = this.limits.maxSequences
  }

  /** @param computedTokens of the prompt, by others */
  come(promptTokens: number, outputTokens: number, computedTokens = 0): FakeRequest {
    const reservedTokens = promptTokens + outputTokens
    const request = { promptTokens, computedTokens, leftTokens: outputTokens, reservedTokens }
    this.queue.push(request)
    return request
  }

  /** Forms a step and runs it to its end. */
  step(): FormedStep {
    this.#chunks = []
    this.#joined = []
    this.#hasContinued = false
    this.#hasRefused = false
    this.#batcher(this)
    if (this.#chunks.length === 0) this.#hasContinued = true
    const formed = {
      decodes: this.#hasContinued ? [...this.#decoding] : [],
      chunks: this.#chunks,
      joined: this.#joined,
      prefills: this.prefills,
    }
    return { ...formed, ended: this.#run(formed.decodes) }
  }

  #run(decodes: readonly FakeRequest[]): FakeRequest[] {
    for (const { request, tokens } of this.#chunks) request.computedTokens += tokens
    const complete = this.#prefilling.filter(
      ({ promptTokens, computedTokens }) => computedTokens === promptTokens,
    )
    this.#prefilling = this.#prefilling.filter(request => !complete.includes(request))
    for (const request of [...decodes, ...complete]) request.leftTokens--
    const running = [...this.#decoding, ...complete]
    this.#decoding = running.filter(({ leftTokens }) => leftTokens > 0)
    return running.filter(({ leftTokens }) => leftTokens === 0)
  }

  get running(): number {
    return this.#decoding.length + this.#prefilling.length
  }

  get decodes(): number {
    return this.#decoding.length
  }

  get prefills(): number {
    return this.#prefilling.length
  }

  get hasWaiting(): boolean {
    return this.queue.length > 0
  }

  get isBatchDue(): boolean {
    return this.hasWaiting
  }

  get headTokens(): number {
    return this.queue[0].promptTokens - this.queue[0].computedTokens
  }

  get chunkTokens(): number {
    return this.#chunks.reduce((sum, { tokens }) => sum + tokens, 0)
  }

  get budgetTokens(): number {
    const { tokenBudget, chunkBudget } = this.limits
    const decodes = this.#hasContinued ? this.decodes : 0
    return Math.min(tokenBudget - this.chunkTokens - decodes, chunkBudget - this.chunkTokens)
  }

  continueRunning(): void {
    if (this.#hasContinued) throw new Error('the running are continued twice')
    this.#hasContinued = true
    for (const request of this.#prefilling) {
      const tokens = Math.min(request.promptTokens - request.computedTokens, this.budgetTokens)
      if (tokens > 0) this.#chunks.push({ request, tokens })
    }
  }

  admit(tokens: number): boolean {
    if (!this.hasWaiting) throw new Error('nobody is there to be admitted')
    if (this.#hasRefused) throw new Error('the head of the queue has been refused in this step')
    if (!(tokens >= 0) || tokens > this.headTokens) throw new Error(`${tokens} of ${this.headTokens} tokens`)
    if (tokens === 0 && this.headTokens > 0) throw new Error('a chunk of no tokens')
    this.#hasRefused = this.#isRefused(tokens)
    if (this.#hasRefused) return false
    const request = this.queue.shift()!
    if (tokens === 0) {
      this.#decoding.push(request)
      this.#joined.push(request)
    } else {
      this.#prefilling.push(request)
      this.#chunks.push({ request, tokens })
    }
    return true
  }

  #isRefused(tokens: number): boolean {
    const { maxSequences, maxPrefills, memoryTokens } = this.limits
    if (this.running >= maxSequences || (tokens > 0 && this.prefills >= maxPrefills)) return true
    const kept = [...this.#decoding, ...this.#prefilling, this.queue[0]]
    const needed = kept.reduce((sum, { reservedTokens }) => sum + reservedTokens, 0)
    return kept.length > 1 && needed > memoryTokens
  }
}
