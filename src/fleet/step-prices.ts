import { ByCount } from '../latency/by-count.ts'
import { causalPairs } from '../latency/context.ts'
import { Probe } from '../latency/probe.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import { paddedPrompt } from './padded-prompt.ts'

/** More steps than any output has, over which the tokens of a step are averaged. */
const MANY_STEPS = 2 ** 16
/** Batches, and steps of more tokens, larger than these are priced one by one. */
const MOST_SEQUENCES = 1024
const MOST_TOKENS = 2 ** 15
/** At which contexts of a decode, and tokens of a prompt, it is tried whether prices are sums of parts. */
const CONTEXTS = [1, 64, 513, 2049, 8193] as const
const CHUNKS = [64, 256, 1000] as const
const SAME = 1e-9
/** In place of a price: there is none that is a sum of parts. */
const NONE = Number.POSITIVE_INFINITY

/**
 * What the steps of a kind take, for those who ask of many replicas at each decision. For most kinds it is a sum of parts:
 * by the sequences, by the tokens of the step, for each context token, and for each query-key pair of prompts. These are
 * found once each, and the latency model is not asked again; where it is no such sum, the model is asked each time. What
 * is answered depends on what is asked alone, not on what was asked before.
 */
export class StepPrices {
  readonly kind: ReplicaKind
  /** Tokens that a decode emits a step on average. */
  readonly tokensPerStep: number
  readonly readsLongest: boolean
  readonly probe = new Probe()
  readonly #most: number
  /** A decode step but for its context, by sequences: NaN where nobody has asked. */
  readonly #gapS: Float64Array
  readonly #gapContextS: Float64Array
  /** A step with a prompt and nothing else, but for its pairs, by tokens. */
  readonly #tokensS = new ByCount(tokens => this.#mixedS(0, 0, 0, tokens, 0))
  /** What decodes beside it add to one of as many tokens in all, but for their context. */
  readonly #besideS: Float64Array
  readonly #contextS: Float64Array
  readonly #pairS: number

  constructor(kind: ReplicaKind) {
    const { pace, latency, maxSequences } = kind
    this.kind = kind
    this.tokensPerStep = pace === undefined ? 1 : pace.tokensBy(MANY_STEPS) / MANY_STEPS
    this.#most = Math.min(maxSequences, MOST_SEQUENCES)
    const { window, readsLongest = false, paddedTokens } = latency
    this.readsLongest = readsLongest
    const isPlain = window === undefined && !readsLongest && paddedTokens === undefined
    const column = (value: number) => new Float64Array(this.#most + 1).fill(value)
    this.#gapS = column(isPlain ? Number.NaN : NONE)
    this.#besideS = column(isPlain ? Number.NaN : NONE)
    this.#gapContextS = column(0)
    this.#contextS = column(0)
    this.#pairS = isPlain ? this.#pairPrice() : 0
  }

  /** A decode step. @param longest context tokens of the longest decode, for models that read it */
  gapS(sequences: number, contextTokens: number, longest: number): number {
    if (sequences > this.#most) return this.#decodeS(sequences, contextTokens, longest)
    if (Number.isNaN(this.#gapS[sequences])) this.#layOutGap(sequences)
    const fixedS = this.#gapS[sequences]
    if (fixedS === NONE) return this.#decodeS(sequences, contextTokens, longest)
    return fixedS + this.#gapContextS[sequences] * contextTokens
  }

  /** A step of so many decodes beside one whole prompt. */
  promptS(decodes: number, contextTokens: number, longest: number, promptTokens: number): number {
    const tokens = decodes + promptTokens
    if (tokens > MOST_TOKENS || !this.#isSum(decodes))
      return this.#mixedS(decodes, contextTokens, longest, promptTokens, promptTokens)
    const pairS = (this.#pairS * promptTokens * promptTokens) / 2
    return this.#tokensS.at(tokens) + pairS + this.#besideS[decodes] + this.#contextS[decodes] * contextTokens
  }

  /** All steps that a prompt takes behind `ahead` tokens of prompts of its own length, beside so many decodes. */
  prefillS(
    decodes: number,
    contextTokens: number,
    longest: number,
    promptTokens: number,
    ahead: number,
  ): number {
    const tokens = ahead + promptTokens
    const room = this.#room(decodes)
    if (decodes + room > MOST_TOKENS || !this.#isSum(decodes))
      return this.#stepsS(decodes, contextTokens, longest, promptTokens, tokens)
    const full = tokens < room ? 0 : Math.floor(tokens / room)
    const rest = tokens - full * room
    const fullS = full > 0 ? full * this.#tokensS.at(decodes + room) : 0
    const restS = rest > 0 ? this.#tokensS.at(decodes + rest) : 0
    const steps = rest > 0 ? full + 1 : full
    const besideS = this.#besideS[decodes] + this.#contextS[decodes] * contextTokens
    return fullS + restS + (this.#pairS * promptTokens * tokens) / 2 + steps * besideS
  }

  /** Whether a step of so many decodes beside a prompt is a sum of parts. */
  #isSum(decodes: number): boolean {
    if (decodes > this.#most) return false
    if (Number.isNaN(this.#besideS[decodes])) this.#layOutBeside(decodes)
    return this.#besideS[decodes] !== NONE
  }

  #layOutGap(sequences: number): void {
    const at = (context: number) => this.#decodeS(sequences, sequences * context, 0)
    const contextS = sequences === 0 ? NONE : slope(at, sequences)
    this.#gapContextS[sequences] = contextS
    this.#gapS[sequences] = contextS === NONE ? NONE : at(CONTEXTS[0]) - contextS * sequences * CONTEXTS[0]
  }

  #layOutBeside(decodes: number): void {
    const first = CHUNKS[0]
    const at = (context: number) => this.#mixedS(decodes, decodes * context, 0, first, first)
    const contextS = decodes === 0 ? 0 : slope(at, decodes)
    const usual = decodes * CONTEXTS[0]
    const besideS = (tokens: number) => {
      const pairsS = (this.#pairS * tokens * tokens) / 2
      const stepS = this.#mixedS(decodes, usual, 0, tokens, tokens)
      return stepS - pairsS - this.#tokensS.at(decodes + tokens) - contextS * usual
    }
    const ofFirst = besideS(first)
    const isSame = CHUNKS.every(tokens => {
      const difference = Math.abs(besideS(tokens) - ofFirst)
      return difference <= SAME * this.#tokensS.at(decodes + tokens)
    })
    this.#contextS[decodes] = contextS
    this.#besideS[decodes] = isSame ? ofFirst : NONE
  }

  /** Seconds that a query-key pair adds to a step. */
  #pairPrice(): number {
    const tokens = CHUNKS[CHUNKS.length - 1]
    const pairs = (tokens * tokens) / 2
    return (this.#mixedS(0, 0, 0, tokens, tokens) - this.#tokensS.at(tokens)) / pairs
  }

  /** Tokens of prompts that a step carries beside its decodes. */
  #room(decodes: number): number {
    const { tokenBudget, chunkBudget = tokenBudget } = this.kind
    return Math.max(1, Math.min(chunkBudget, tokenBudget - decodes))
  }

  #stepsS(
    decodes: number,
    contextTokens: number,
    longest: number,
    promptTokens: number,
    tokens: number,
  ): number {
    const room = this.#room(decodes)
    const full = Math.floor(tokens / room)
    const rest = tokens - full * room
    const fullS = full > 0 ? full * this.#mixedS(decodes, contextTokens, longest, room, promptTokens) : 0
    return rest > 0 ? fullS + this.#mixedS(decodes, contextTokens, longest, rest, promptTokens) : fullS
  }

  #decodeS(sequences: number, contextTokens: number, longest: number): number {
    return this.kind.latency.gapSeconds(this.decodes(sequences, contextTokens, longest), 1)
  }

  #mixedS(decodes: number, contextTokens: number, longest: number, tokens: number, promptTokens: number) {
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
