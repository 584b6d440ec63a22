import { ByCount } from '../latency/by-count.ts'
import { causalPairs } from '../latency/context.ts'
import type { LatencyModel } from '../latency/contract.ts'
import { Probe } from '../latency/probe.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import { paddedPrompt } from './padded-prompt.ts'

/** More steps than any output has, over which the tokens of a step are averaged. */
const MANY_STEPS = 2 ** 16
/** Larger batches are priced one by one, and those beside which steps would carry more tokens. */
const MOST_SEQUENCES = 1024
export const MOST_TOKENS = 2 ** 15
/** At which contexts of a decode, and tokens of a prompt, it is tried whether prices are sums of parts. */
const CONTEXTS = [1, 64, 513, 2049, 8193] as const
const CHUNKS = [64, 256, 1000] as const
const SAME = 1e-9
/** In place of a price: there is none that is a sum of parts. */
const NONE = Number.POSITIVE_INFINITY
const NOTHING_OUTSIDE = { requestS: 0, promptTokenS: 0, replyS: 0 }

/**
 * What the steps of a kind take, for those who ask of many replicas at each decision. For most kinds it is a sum of parts,
 * or a floor where that is more: by the sequences, by the tokens of the step, for each context token, and for each
 * query-key pair of prompts. These are found once each, and the latency model is not asked again; where it is no such
 * sum, the model is asked each time. What is answered depends on what is asked alone, not on what was asked before.
 */
export class StepPrices {
  readonly kind: ReplicaKind
  /** Tokens that a decode emits a step on average. */
  readonly tokensPerStep: number
  /** Whether it takes prompts in, and whether it decodes. */
  readonly isPrefilling: boolean
  readonly isDecoding: boolean
  readonly probe = new Probe()
  /** On the way to the engine and back and before it, for a prompt that no other keeps from the tokenizer; and a token. */
  readonly outsideS: number
  readonly outsideTokenS: number
  /** No step is shorter: one without members, and for each member. */
  readonly floorS: number
  readonly memberFloorS: number
  /** A step with a prompt and nothing else, but for its pairs and its floor, by tokens. */
  readonly tokensS = new ByCount(tokens => this.#longS(0, 0, tokens, 0))
  /** Of a query-key pair of prompts. */
  readonly pairS: number
  /** The kind's, but for its floor. */
  readonly #model: LatencyModel
  readonly #most: number
  /** A decode step but for its context, by sequences: NaN where nobody has asked. */
  readonly #gapS: Float64Array
  readonly #gapContextS: Float64Array
  /** What decodes beside a prompt add to a step of as many tokens in all, but for their context. */
  readonly #besideS: Float64Array
  readonly #contextS: Float64Array

  constructor(kind: ReplicaKind) {
    const { pace, latency, maxSequences, outside = NOTHING_OUTSIDE, frontEndS, role } = kind
    this.kind = kind
    this.tokensPerStep = pace === undefined ? 1 : pace.tokensBy(MANY_STEPS) / MANY_STEPS
    this.isPrefilling = role !== 'decode'
    this.isDecoding = role !== 'prefill'
    this.outsideS = role === 'decode' ? 0 : frontEndS + outside.requestS + outside.replyS
    this.outsideTokenS = role === 'decode' ? 0 : outside.promptTokenS
    const { window, readsLongest = false, paddedTokens, floor } = latency
    this.floorS = floor?.stepS ?? 0
    this.memberFloorS = floor?.memberS ?? 0
    this.#model = floor?.without ?? latency
    const isPlain = window === undefined && !readsLongest && paddedTokens === undefined
    this.#most = isPlain ? Math.min(maxSequences, MOST_SEQUENCES) : -1
    const column = () => new Float64Array(this.#most + 1).fill(Number.NaN)
    this.#gapS = column()
    this.#besideS = column()
    this.#gapContextS = column()
    this.#contextS = column()
    this.pairS = isPlain ? this.#pairPrice() : 0
  }

  // --- As sums of parts -----------------------------------------------------------------------------------------

  /** Whether the steps of a batch of so many are, and those beside a prompt. */
  isSum(sequences: number): boolean {
    if (sequences > this.#most) return false
    if (Number.isNaN(this.#gapS[sequences])) this.#layOutGap(sequences)
    if (Number.isNaN(this.#besideS[sequences])) this.#layOutBeside(sequences)
    return this.#gapS[sequences] !== NONE && this.#besideS[sequences] !== NONE
  }

  /** A decode step of a batch, but for its context and its floor; and what each context token adds. */
  gapFixedS(sequences: number): number {
    return this.#gapS[sequences]
  }

  gapContextS(sequences: number): number {
    return this.#gapContextS[sequences]
  }

  /** What decodes add to a step with a prompt and as many tokens in all, and what each of their context tokens adds. */
  besideS(decodes: number): number {
    return this.#besideS[decodes]
  }

  contextS(decodes: number): number {
    return this.#contextS[decodes]
  }

  /** No step of so many members is shorter. */
  floorOf(members: number): number {
    return this.floorS + members * this.memberFloorS
  }

  /** Tokens of prompts that a step carries beside its decodes. */
  room(decodes: number): number {
    const { tokenBudget, chunkBudget = tokenBudget } = this.kind
    return Math.max(1, Math.min(chunkBudget, tokenBudget - decodes))
  }

  #layOutGap(sequences: number): void {
    const at = (context: number) => this.#model.gapSeconds(this.decodes(sequences, sequences * context, 0), 1)
    const contextS = sequences === 0 ? 0 : slope(at, sequences)
    const isStraight = sequences > 0 && contextS !== NONE
    this.#gapContextS[sequences] = contextS
    if (isStraight) this.#gapS[sequences] = at(CONTEXTS[0]) - contextS * sequences * CONTEXTS[0]
    else this.#gapS[sequences] = sequences === 0 ? 0 : NONE
  }

  #layOutBeside(decodes: number): void {
    const first = CHUNKS[0]
    const at = (context: number) => this.#longS(decodes, decodes * context, first, first)
    const contextS = decodes === 0 ? 0 : slope(at, decodes)
    const usual = decodes * CONTEXTS[0]
    const besideS = (tokens: number) => {
      const pairsS = (this.pairS * tokens * tokens) / 2
      const stepS = this.#longS(decodes, usual, tokens, tokens)
      return stepS - pairsS - this.tokensS.at(decodes + tokens) - contextS * usual
    }
    const ofFirst = besideS(first)
    const isSame = CHUNKS.every(tokens => {
      const difference = Math.abs(besideS(tokens) - ofFirst)
      return difference <= SAME * this.tokensS.at(decodes + tokens)
    })
    this.#contextS[decodes] = contextS
    this.#besideS[decodes] = isSame ? ofFirst : NONE
  }

  /** Seconds that a query-key pair adds to a step. */
  #pairPrice(): number {
    const tokens = CHUNKS[CHUNKS.length - 1]
    const pairs = (tokens * tokens) / 2
    return (this.#longS(0, 0, tokens, tokens) - this.tokensS.at(tokens)) / pairs
  }

  /** A step with prompts, but for its floor. */
  #longS(decodes: number, contextTokens: number, tokens: number, promptTokens: number): number {
    return this.#model.stepSeconds(this.mixed(decodes, contextTokens, 0, tokens, promptTokens))
  }

  // --- Asked of the model each time -----------------------------------------------------------------------------

  /** All steps that `tokens` of prompts of `promptTokens` each take beside so many decodes. */
  prefillS(
    decodes: number,
    contextTokens: number,
    longest: number,
    tokens: number,
    promptTokens: number,
  ): number {
    const room = this.room(decodes)
    const full = Math.floor(tokens / room)
    const rest = tokens - full * room
    const fullS = full > 0 ? full * this.mixedS(decodes, contextTokens, longest, room, promptTokens) : 0
    return rest > 0 ? fullS + this.mixedS(decodes, contextTokens, longest, rest, promptTokens) : fullS
  }

  /** A decode step. @param longest context tokens of the longest decode, for models that read it */
  decodeS(sequences: number, contextTokens: number, longest: number): number {
    return this.kind.latency.gapSeconds(this.decodes(sequences, contextTokens, longest), 1)
  }

  /** A step of so many decodes with `tokens` of prompts of `promptTokens` each; without their pairs where that is 0. */
  mixedS(
    decodes: number,
    contextTokens: number,
    longest: number,
    tokens: number,
    promptTokens: number,
  ): number {
    return this.kind.latency.stepSeconds(this.mixed(decodes, contextTokens, longest, tokens, promptTokens))
  }

  /** The probe as a step of decodes alone. */
  decodes(sequences: number, contextTokens: number, longest: number): Probe {
    return this.mixed(sequences, contextTokens, longest, 0, 0)
  }

  /** The probe as a step of decodes with `tokens` of prompts of `promptTokens` each; of one without pairs where 0. */
  mixed(
    sequences: number,
    contextTokens: number,
    longest: number,
    tokens: number,
    promptTokens: number,
  ): Probe {
    const { probe } = this
    const { latency, maxModelLen } = this.kind
    const each = Math.max(1, promptTokens)
    probe.window = latency.window
    probe.sequences = sequences
    probe.contextTokens = contextTokens
    probe.chunks = promptTokens === 0 ? 1 : Math.max(1, Math.ceil(tokens / each))
    probe.chunkTokens = tokens
    probe.chunkPairs = promptTokens === 0 ? 0 : (tokens * causalPairs(each, 0, probe.window)) / each
    if (latency.readsLongest)
      probe.longestTokens = Math.min(Math.max(1, promptTokens, longest), maxModelLen - 1)
    if (latency.paddedTokens !== undefined) this.#pad(Math.min(each, tokens))
    return probe
  }

  /** Pads chunks of `tokens` each. */
  #pad(tokens: number): void {
    const { probe } = this
    const padded = paddedPrompt(this.kind, tokens)
    probe.paddedTokens = probe.chunks * padded
    probe.paddedPairs = probe.chunks * causalPairs(padded, 0, probe.window)
  }
}

/**
 * By how much a price rises for each context token of so many sequences; `NONE` where it does not rise along a line.
 *
 * @param at the price at a context of every sequence
 */
function slope(at: (context: number) => number, sequences: number): number {
  const [first, last] = [CONTEXTS[0], CONTEXTS[CONTEXTS.length - 1]]
  const rise = (at(last) - at(first)) / (last - first)
  const isStraight = CONTEXTS.every(context => {
    const price = at(context)
    return Math.abs(at(first) + rise * (context - first) - price) <= SAME * price
  })
  return isStraight ? rise / sequences : NONE
}
