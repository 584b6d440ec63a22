import { causalPairs } from '../latency/context.ts'
import type { ContextWindow, MixedStep } from '../latency/contract.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { Replica } from '../replicas/replica.ts'

/** More steps than any output has, over which the tokens of a step are averaged. */
const MANY_STEPS = 2 ** 16

/** On the way to the engine and back, for a prompt that no other keeps from the tokenizer. */
function outsideS({ outside }: ReplicaKind, inputTokens: number): number {
  if (outside === undefined) return 0
  return outside.requestS + outside.promptTokenS * inputTokens + outside.replyS
}

/** A step with chunks, filled in and priced again and again. */
class Probe implements MixedStep {
  sequences = 0
  contextTokens = 0
  chunks = 1
  chunkTokens = 0
  chunkCachedTokens = 0
  chunkPairs = 0
  paddedTokens = 0
  paddedPairs = 0
  longestTokens = 0
  ordinal = 0
  window: ContextWindow | undefined
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
 * known from profiling, its load from its metrics, and output lengths only as predicted.
 */
export class Expectations {
  readonly #probe = new Probe()
  readonly #seen: SeenLengths
  /** Tokens that a decode emits a step on average, by kind. */
  readonly #tokensPerStep = new Map<ReplicaKind, number>()

  constructor(seen: SeenLengths) {
    this.#seen = seen
  }

  /**
   * The way there, front end, the step under way, waiting for a place, then prefill behind the prompts already there.
   * Of a replica that takes prompts over computed: until its first token of the request.
   */
  ttftS(replica: Replica, inputTokens: number): number {
    const { kind } = replica
    if (kind.role === 'decode') return this.#takenOverS(replica, inputTokens)
    const context = replica.contextTokensNow()
    const pending = replica.pendingPrefillTokens + inputTokens
    const { chunkBudget = kind.tokenBudget } = kind
    const room = Math.max(1, Math.min(chunkBudget, kind.tokenBudget - replica.decodes))
    const fullSteps = Math.floor(pending / room)
    let seconds =
      outsideS(kind, inputTokens) +
      kind.frontEndS +
      replica.mixedLeftS +
      this.#placeS(replica, context, pending)
    if (fullSteps > 0) seconds += fullSteps * this.#chunkStepS(replica, context, room, inputTokens)
    const rest = pending - fullSteps * room
    return rest > 0 ? seconds + this.#chunkStepS(replica, context, rest, inputTokens) : seconds
  }

  #takenOverS(replica: Replica, inputTokens: number): number {
    const context = replica.contextTokensNow()
    const sequences = Math.min(replica.decodes + 1, replica.kind.maxSequences)
    const placeS = this.#placeS(replica, context, replica.pendingPrefillTokens + inputTokens)
    return replica.mixedLeftS + placeS + this.#gapS(replica, sequences, context + inputTokens)
  }

  /** Waiting for finishing requests to free a sequence slot and enough KV: the queue over the rate of finishing. */
  #placeS(replica: Replica, context: number, pending: number): number {
    const decodes = replica.decodes
    if (decodes === 0) return 0
    const { kind } = replica
    const excess = replica.running + replica.waiting + 1 - kind.maxSequences
    const missingTokens = pending - replica.freeBlocksNow() * kind.blockTokens
    const finishes = Math.max(0, excess, (missingTokens * decodes) / context)
    if (finishes === 0) return 0
    const steps = this.#seen.meanOutputTokens / this.#paceOf(kind)
    return (finishes * steps * this.#gapS(replica, decodes, context)) / decodes
  }

  /**
   * Seconds per output token with the request and all that wait there in the batch: the decode gap, plus the
   * prefills that come in while a token is made: TPOT = gap + batch / output * prefill, the closed-loop formula. No
   * prefills come to a replica that takes prompts over computed, and nothing is decoded where they are: 0.
   */
  tpotS(replica: Replica, inputTokens: number): number {
    const { role } = replica.kind
    if (role === 'prefill') return 0
    const sequences = Math.min(replica.running + replica.waiting + 1, replica.kind.maxSequences)
    const context = replica.contextTokensNow() + replica.pendingPrefillTokens + inputTokens
    const gapS = this.#gapS(replica, sequences, context)
    const stepS = gapS / this.#paceOf(replica.kind)
    if (role === 'decode') return stepS
    const prompt = Math.max(1, Math.round(this.#seen.meanInputTokens))
    const prefillS = this.#chunkStepS(replica, context, prompt, prompt) - gapS
    return stepS + (sequences / this.#seen.meanOutputTokens) * Math.max(0, prefillS)
  }

  /** Replica-seconds that the request would take for itself: its prefill and its part of the decode steps. */
  ownS(replica: Replica, inputTokens: number, predictedTokens: number): number {
    const sequences = Math.min(replica.running + replica.waiting + 1, replica.kind.maxSequences)
    const context = replica.contextTokensNow() + replica.pendingPrefillTokens + inputTokens
    const gapS = this.#gapS(replica, sequences, context)
    const prefillS = this.#chunkStepS(replica, context, inputTokens, inputTokens) - gapS
    return partOf(replica.kind, prefillS) + (this.#stepsFor(replica.kind, predictedTokens) * gapS) / sequences
  }

  /** Joules at the node's wall that the request would cause there, idle watts taken off. */
  ownJ(replica: Replica, inputTokens: number, predictedTokens: number): number {
    const { energy } = replica.kind
    const sequences = Math.min(replica.running + replica.waiting + 1, replica.kind.maxSequences)
    const context = replica.contextTokensNow() + replica.pendingPrefillTokens + inputTokens
    const probe = this.#set(replica, sequences, context, 0, 0)
    const gapS = replica.kind.latency.decodeSeconds(probe, 1)
    const stepJ = energy.decodeJoules(probe, 1, gapS, energy.isDecodeCapped(probe))
    this.#set(replica, sequences, context, inputTokens, inputTokens)
    const chunkStepS = replica.kind.latency.stepSeconds(probe)
    const chunkStepJ = energy.stepJoules(probe, chunkStepS)
    const joules =
      partOf(replica.kind, chunkStepJ - stepJ) +
      (this.#stepsFor(replica.kind, predictedTokens) * stepJ) / sequences
    return joules - energy.idleWatts * this.ownS(replica, inputTokens, predictedTokens)
  }

  #gapS(replica: Replica, sequences: number, contextTokens: number): number {
    return replica.kind.latency.gapSeconds(this.#set(replica, sequences, contextTokens, 0, 0), 1)
  }

  /** A step of the replica's decodes with `tokens` of prompts of `promptTokens` each. */
  #chunkStepS(replica: Replica, contextTokens: number, tokens: number, promptTokens: number): number {
    return replica.kind.latency.stepSeconds(
      this.#set(replica, replica.decodes, contextTokens, tokens, promptTokens),
    )
  }

  #set(
    replica: Replica,
    sequences: number,
    contextTokens: number,
    chunkTokens: number,
    promptTokens: number,
  ): Probe {
    const probe = this.#probe
    probe.window = replica.kind.latency.window
    probe.sequences = sequences
    probe.contextTokens = contextTokens
    const each = Math.max(1, promptTokens)
    probe.chunks = Math.max(1, Math.ceil(chunkTokens / each))
    probe.chunkTokens = chunkTokens
    probe.chunkPairs = (chunkTokens * causalPairs(each, 0, probe.window)) / each
    if (replica.kind.latency.readsLongest) this.#setLongest(replica, promptTokens)
    if (replica.kind.latency.paddedTokens !== undefined) this.#pad(replica.kind, Math.min(each, chunkTokens))
    return probe
  }

  /** Decode steps that an output takes behind its first token, if they are the replica's part. */
  #stepsFor(kind: ReplicaKind, outputTokens: number): number {
    if (kind.role === 'prefill') return 0
    return Math.max(0, outputTokens - 1) / this.#paceOf(kind)
  }

  #paceOf(kind: ReplicaKind): number {
    const { pace } = kind
    if (pace === undefined) return 1
    const known = this.#tokensPerStep.get(kind)
    if (known !== undefined) return known
    const tokens = pace.tokensBy(MANY_STEPS) / MANY_STEPS
    this.#tokensPerStep.set(kind, tokens)
    return tokens
  }

  #setLongest(replica: Replica, promptTokens: number): void {
    const longest = Math.max(1, promptTokens, replica.longestTokensNow())
    this.#probe.longestTokens = Math.min(longest, replica.kind.maxModelLen - 1)
  }

  /** Pads chunks of `tokens` each. */
  #pad(kind: ReplicaKind, tokens: number): void {
    const probe = this.#probe
    const padded = paddedPrompt(kind, tokens)
    probe.paddedTokens = probe.chunks * padded
    probe.paddedPairs = probe.chunks * causalPairs(padded, 0, probe.window)
  }
}

/** What a prompt adds to a step, if that is the replica's part. */
function partOf({ role }: ReplicaKind, added: number): number {
  return role === 'decode' ? 0 : Math.max(0, added)
}

/**
 * What a compiled stack pads a prompt of `tokens` to, as many as they are: cut into the largest chunks there may be.
 */
export function paddedPrompt(kind: ReplicaKind, tokens: number): number {
  const { latency, tokenBudget, maxModelLen, chunkBudget = tokenBudget } = kind
  if (latency.paddedTokens === undefined) return tokens
  const most = Math.min(tokenBudget, chunkBudget, maxModelLen)
  const whole = Math.floor(tokens / most)
  return (whole === 0 ? 0 : whole * latency.paddedTokens(most)) + latency.paddedTokens(tokens - whole * most)
}
