import type { ReplicaKind } from '../replicas/contract.ts'
import * as reading from '../replicas/reading.ts'
import type { Readings } from './readings.ts'
import type { StepPrices } from './step-prices.ts'

/** On the way to the engine and back, for a prompt that no other keeps from the tokenizer. */
function outsideS({ outside }: ReplicaKind, inputTokens: number): number {
  if (outside === undefined) return 0
  return outside.requestS + outside.promptTokenS * inputTokens + outside.replyS
}

/** Lengths of the requests that a router has seen so far, for what it expects of a batch of them. */
export interface SeenLengths {
  /** Of the requests sent. */
  readonly meanInputTokens: number
  /** Of the requests finished, or the prior before the first. */
  readonly meanOutputTokens: number
}

/**
 * What a router can work out about a replica before it sends a request there: the step prices of its kind are
 * known from profiling, its load from its metrics, and output lengths only as predicted. Replicas are told by id.
 */
export class Expectations {
  readonly #seen: SeenLengths
  readonly #load: Readings
  readonly #kv: Readings
  readonly #isOneReading: boolean
  // What has been seen by the decision under way.
  #isNew = true
  #promptTokens = 1
  #outputTokens = 1

  constructor(seen: SeenLengths, { load, kv }: { readonly load: Readings; readonly kv: Readings }) {
    this.#seen = seen
    this.#load = load
    this.#kv = kv
    this.#isOneReading = load === kv
  }

  /** There is another decision to be made. */
  turn(): void {
    this.#isNew = true
  }

  #look(): void {
    this.#isNew = false
    this.#promptTokens = rounded(this.#seen.meanInputTokens)
    this.#outputTokens = this.#seen.meanOutputTokens
  }

  /**
   * The way there, front end, the step under way, waiting for a place, then prefill behind the prompts already there.
   * Of a replica that takes prompts over computed: until its first token of the request.
   */
  ttftS(replica: number, prices: StepPrices, inputTokens: number): number {
    const { kind } = prices
    const at = this.#load.at(replica)
    const { numbers } = this.#load
    const decodes = numbers[at + reading.DECODES]
    const context = numbers[at + reading.CONTEXT_TOKENS]
    const longest = prices.readsLongest ? numbers[at + reading.LONGEST_TOKENS] : 0
    const ahead = numbers[at + reading.PENDING_PREFILL_TOKENS]
    const leftS = numbers[at + reading.MIXED_END_S] - this.#load.asOfS[0]
    const waitS = (leftS > 0 ? leftS : 0) + this.#placeS(replica, at, prices, ahead + inputTokens)
    if (kind.role === 'decode') {
      const sequences = Math.min(decodes + 1, kind.maxSequences)
      return waitS + prices.gapS(sequences, context + inputTokens, longest)
    }
    const prefillS = prices.prefillS(decodes, context, longest, inputTokens, ahead)
    return outsideS(kind, inputTokens) + kind.frontEndS + waitS + prefillS
  }

  /** Waiting for finishing requests to free a sequence slot and enough KV: the queue over the rate of finishing. */
  #placeS(replica: number, at: number, prices: StepPrices, pending: number): number {
    const { numbers } = this.#load
    const { maxSequences, blockTokens } = prices.kind
    const decodes = numbers[at + reading.DECODES]
    if (decodes === 0) return 0
    const kvAt = this.#isOneReading ? at : this.#kv.at(replica)
    const missing = pending - this.#kv.numbers[kvAt + reading.FREE_BLOCKS] * blockTokens
    const excess = numbers[at + reading.RUNNING] + numbers[at + reading.WAITING] + 1 - maxSequences
    if (excess <= 0 && missing <= 0) return 0
    const context = numbers[at + reading.CONTEXT_TOKENS]
    const finishes = Math.max(excess, (missing * decodes) / context)
    if (this.#isNew) this.#look()
    const steps = this.#outputTokens / prices.tokensPerStep
    const gapS = prices.gapS(decodes, context, numbers[at + reading.LONGEST_TOKENS])
    return (finishes * steps * gapS) / decodes
  }

  /**
   * Seconds per output token with the request and all that wait there in the batch: the decode gap, plus the
   * prefills that come in while a token is made: TPOT = gap + batch / output * prefill, the closed-loop formula. No
   * prefills come to a replica that takes prompts over computed, and nothing is decoded where they are: 0.
   */
  tpotS(replica: number, prices: StepPrices, inputTokens: number): number {
    const { role, maxSequences } = prices.kind
    if (role === 'prefill') return 0
    const at = this.#load.at(replica)
    const { numbers } = this.#load
    const sequences = batchWith(numbers, at, maxSequences)
    const context = contextWith(numbers, at, inputTokens)
    const longest = prices.readsLongest ? numbers[at + reading.LONGEST_TOKENS] : 0
    const gapS = prices.gapS(sequences, context, longest)
    const stepS = prices.tokensPerStep === 1 ? gapS : gapS / prices.tokensPerStep
    if (role === 'decode') return stepS
    if (this.#isNew) this.#look()
    const decodes = numbers[at + reading.DECODES]
    const withPromptS = prices.promptS(decodes, context, longest, this.#promptTokens)
    if (withPromptS <= gapS) return stepS
    return stepS + (sequences / this.#outputTokens) * (withPromptS - gapS)
  }

  /** To the last of the tokens predicted. */
  e2eS(replica: number, prices: StepPrices, inputTokens: number, predictedTokens: number): number {
    const ttftS = this.ttftS(replica, prices, inputTokens)
    if (predictedTokens <= 1) return ttftS
    return ttftS + (predictedTokens - 1) * this.tpotS(replica, prices, inputTokens)
  }

  /** Replica-seconds that the request would take for itself: its prefill and its part of the decode steps. */
  ownS(replica: number, prices: StepPrices, inputTokens: number, predictedTokens: number): number {
    const { kind } = prices
    const at = this.#load.at(replica)
    const { numbers } = this.#load
    const sequences = batchWith(numbers, at, kind.maxSequences)
    const context = contextWith(numbers, at, inputTokens)
    const longest = prices.readsLongest ? numbers[at + reading.LONGEST_TOKENS] : 0
    const gapS = prices.gapS(sequences, context, longest)
    const prefillS = prices.promptS(numbers[at + reading.DECODES], context, longest, inputTokens) - gapS
    return partOf(kind, prefillS) + (stepsFor(prices, predictedTokens) * gapS) / sequences
  }

  /** Joules at the node's wall that the request would cause there, idle watts taken off. */
  ownJ(replica: number, prices: StepPrices, inputTokens: number, predictedTokens: number): number {
    const { kind } = prices
    const { energy, latency } = kind
    const at = this.#load.at(replica)
    const { numbers } = this.#load
    const sequences = batchWith(numbers, at, kind.maxSequences)
    const context = contextWith(numbers, at, inputTokens)
    const longest = prices.readsLongest ? numbers[at + reading.LONGEST_TOKENS] : 0
    const decodes = prices.decodes(sequences, context, longest)
    const gapS = latency.decodeSeconds(decodes, 1)
    const stepJ = energy.decodeJoules(decodes, 1, gapS, energy.isDecodeCapped(decodes))
    const mixed = prices.mixed(sequences, context, longest, inputTokens, inputTokens)
    const chunkStepJ = energy.stepJoules(mixed, latency.stepSeconds(mixed))
    const joules = partOf(kind, chunkStepJ - stepJ) + (stepsFor(prices, predictedTokens) * stepJ) / sequences
    return joules - energy.idleWatts * this.ownS(replica, prices, inputTokens, predictedTokens)
  }
}

/** Requests in the batch once the request and all that wait there are in it. */
function batchWith(numbers: Float64Array, at: number, maxSequences: number): number {
  const requests = numbers[at + reading.RUNNING] + numbers[at + reading.WAITING] + 1
  return requests < maxSequences ? requests : maxSequences
}

/** And their context tokens. */
function contextWith(numbers: Float64Array, at: number, inputTokens: number): number {
  return numbers[at + reading.CONTEXT_TOKENS] + numbers[at + reading.PENDING_PREFILL_TOKENS] + inputTokens
}

/** A mean to within 1 %, so that it seldom changes: whole tokens, the leading seven binary digits. */
function rounded(tokens: number): number {
  const unit = 1 << Math.max(0, 25 - Math.clz32(tokens))
  return Math.max(1, unit * Math.round(tokens / unit))
}

/** Decode steps that an output takes behind its first token, if they are the replica's part. */
function stepsFor({ kind, tokensPerStep }: StepPrices, outputTokens: number): number {
  if (kind.role === 'prefill') return 0
  return Math.max(0, outputTokens - 1) / tokensPerStep
}

/** What a prompt adds to a step, if that is the replica's part. */
function partOf({ role }: ReplicaKind, added: number): number {
  return role === 'decode' ? 0 : Math.max(0, added)
}
