import { causalPairs, contextRead } from '../latency/context.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import { keepsPromptsWhole } from './chunking.ts'
import type { Jobs } from './jobs.ts'
import { ownPairs, Steps } from './steps.ts'
import { cachedTokens, decodesOf, outputTokensOf } from './work.ts'

/** How fast one request can be served by an idle replica of a kind: no schedule serves it faster there. */
export interface Alone {
  /** On the way there, until the first step may carry it, and on the way back. */
  readonly wayS: number
  readonly replyS: number
  /** Steps that compute its prompt; 0 where that is done elsewhere. */
  readonly promptS: number
  /** Steps behind its first token. */
  readonly outputS: number
  /** Tokens behind its first. */
  readonly gaps: number
}

/** Chunk lengths among which the slope of a step's seconds is sought. */
const SLOPES = [0, 0.1, 0.25, 0.5, 0.75, 0.9]
const RATIO = 1.02

/** Serves requests one by one on replicas of a kind. */
export class AloneOn {
  readonly #kind: ReplicaKind
  readonly #steps: Steps
  readonly #mostChunk: number
  /** Whether a token may come of computing again what was there, without a decode step. */
  readonly #isShort: boolean
  #lines: readonly Line[] | undefined

  /** @param isShort whether its KV may run short */
  constructor(kind: ReplicaKind, isShort: boolean) {
    this.#kind = kind
    this.#isShort = isShort
    this.#steps = new Steps(kind)
    const { tokenBudget, chunkBudget = tokenBudget } = kind
    this.#mostChunk =
      keepsPromptsWhole(kind) === 'none' ? Math.min(tokenBudget, chunkBudget) : Number.POSITIVE_INFINITY
  }

  /** @param isLate whether its first token may come too late for its objective */
  serve(jobs: Jobs, job: number, isLate: boolean): Alone {
    const { outside, frontEndS, role } = this.#kind
    const input = jobs.inputTokens[job]
    const cached = cachedTokens(this.#kind, jobs, job, isLate)
    const wayS = outside === undefined ? 0 : outside.requestS + outside.promptTokenS * input
    return {
      wayS: wayS + frontEndS,
      replyS: outside === undefined ? 0 : outside.replyS,
      promptS: role === 'decode' ? 0 : this.#promptS(input, cached),
      outputS:
        role === 'prefill' ? 0 : this.#outputS(input, decodesOf(this.#kind, jobs, job), input - cached + 1),
      gaps: outputTokensOf(this.#kind, jobs, job) - 1,
    }
  }

  #promptS(input: number, cached: number): number {
    const tokens = input - cached
    if (tokens <= this.#mostChunk) {
      return this.#steps.chunkSeconds(tokens, causalPairs(tokens, cached, this.#kind.latency.window))
    }
    const chunks = Math.ceil(tokens / this.#mostChunk)
    this.#lines ??= linesUnder(t => this.#steps.chunkSeconds(t, ownPairs(this.#kind, t)), this.#mostChunk)
    return Math.max(...this.#lines.map(({ fixedS, tokenS }) => chunks * fixedS + tokens * tokenS))
  }

  /** @param again tokens that are computed at least where it is preempted */
  #outputS(input: number, steps: number, again: number): number {
    if (steps === 0) return 0
    const decodingS = this.#decodingS(input, steps)
    if (!this.#isShort) return decodingS
    const tokens = Math.min(again, this.#mostChunk)
    const againS = this.#steps.chunkSeconds(tokens, ownPairs(this.#kind, tokens))
    const { window } = this.#kind.latency
    const last = { sequences: 1, contextTokens: input + steps - 1, longestTokens: input + steps - 1, window }
    if (this.#kind.latency.gapSeconds(last, 1) <= againS) return decodingS
    return steps * Math.min(this.#decodingS(input, 1), againS)
  }

  #decodingS(input: number, steps: number): number {
    if (this.#steps.places > 1) return steps * this.#leastGapS(input)
    const { latency } = this.#kind
    const { window } = latency
    return latency.decodeSeconds({ sequences: 1, contextTokens: input, longestTokens: input, window }, steps)
  }

  /** Of a step with whoever makes it shorter. */
  #leastGapS(input: number): number {
    let least = Number.POSITIVE_INFINITY
    const { window } = this.#kind.latency
    const ownRead = contextRead({ sequences: 1, contextTokens: input, window }, 1)
    for (let sequences = 1; sequences <= this.#steps.places; sequences++) {
      const batch = { sequences, contextTokens: input + sequences - 1, longestTokens: input, window }
      least = Math.min(least, this.#kind.latency.gapSeconds(batch, 1))
      const context = ownRead + sequences - 1
      for (let chunks = 1; chunks <= this.#steps.places - sequences; chunks++)
        least = Math.min(least, this.#steps.seconds(sequences, context, chunks, chunks, 0))
    }
    return least
  }
}

/** A chunk of t tokens takes `fixedS + tokenS * t` at least. */
interface Line {
  readonly fixedS: number
  readonly tokenS: number
}

/** Lines that no chunk of up to `most` tokens lies below: of many chunks each line gives a bound, whatever their lengths. */
function linesUnder(secondsOf: (tokens: number) => number, most: number): Line[] {
  const ends: [low: number, high: number, seconds: number][] = []
  for (let low = 1; low <= most; ) {
    const high = Math.min(most, Math.max(low, Math.floor(low * RATIO)))
    ends.push([low, high, secondsOf(low)])
    low = high + 1
  }
  const wholeS = secondsOf(most)
  return SLOPES.map(share => {
    const from = Math.max(1, Math.floor(share * most))
    const tokenS = most === from ? 0 : Math.max(0, (wholeS - secondsOf(from)) / (most - from))
    const fixedS = Math.min(...ends.map(([, high, seconds]) => seconds - tokenS * high))
    return { fixedS: Math.max(0, fixedS), tokenS: fixedS < 0 ? 0 : tokenS }
  })
}
