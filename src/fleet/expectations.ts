import * as reading from '../replicas/reading.ts'
import type { RequestTable } from '../requests/table.ts'
import * as asked from './asked-expectations.ts'
import * as term from './expectation-terms.ts'
import type { Readings } from './readings.ts'
import type { StepPrices } from './step-prices.ts'

/** Lengths of the requests that a router has seen so far, for what it expects of a batch of them. */
export interface SeenLengths {
  /** Of the requests sent. */
  readonly meanInputTokens: number
  /** Of the requests finished, or the prior before the first. */
  readonly meanOutputTokens: number
}

/** What a router is told of queues and batches, and of KV. */
export interface LoadReadings {
  readonly load: Readings
  readonly kv: Readings
}

/**
 * What a router can work out about a replica before it sends a request there: the step prices of its kind are
 * known from profiling, its load from its metrics, and output lengths only as predicted. Replicas are told by id.
 *
 * Policies ask this of many replicas at each decision, and a replica's reading changes seldom beside that: so what
 * follows from it is worked out once for each reading, as terms.
 */
export class Expectations {
  readonly #seen: SeenLengths
  readonly #load: Readings
  readonly #kv: Readings
  readonly #isOneReading: boolean
  /** Beside the readings of load. */
  readonly #terms: Float64Array
  readonly #requests: RequestTable
  /** The request that is being routed, its prompt and its predicted output. */
  #request = 0
  #isNew = true
  #inputTokens = 1
  #predictedTokens = 1
  // What has been seen by the decision under way.
  #promptTokens = 1
  #outputTokens = 1

  constructor(seen: SeenLengths, requests: RequestTable, { load, kv }: LoadReadings) {
    this.#seen = seen
    this.#requests = requests
    this.#load = load
    this.#kv = kv
    this.#isOneReading = load === kv
    this.#terms = new Float64Array(load.numbers.length).fill(Number.NaN)
  }

  /** Turns to the request that is being routed: the decision is another one. */
  turnTo(request: number): void {
    this.#request = request
    this.#isNew = true
  }

  #look(): void {
    this.#isNew = false
    this.#inputTokens = this.#requests.inputTokens[this.#request]
    this.#predictedTokens = this.#requests.predictedTokens[this.#request]
    this.#outputTokens = this.#seen.meanOutputTokens
    const promptTokens = rounded(this.#seen.meanInputTokens)
    if (promptTokens === this.#promptTokens) return
    this.#promptTokens = promptTokens
    this.#terms.fill(Number.NaN)
  }

  /** Where the replica's reading begins, and its terms. */
  #at(replica: number, prices: StepPrices): number {
    if (this.#isNew) this.#look()
    const at = this.#load.at(replica)
    const isSame = this.#terms[at + term.VERSION] === this.#load.numbers[at + reading.VERSION]
    if (!isSame || !this.#isOneReading) this.#write(replica, at, prices)
    return at
  }

  #write(replica: number, at: number, prices: StepPrices): void {
    term.writeTerms(
      this.#terms,
      this.#load.numbers,
      at,
      prices,
      this.#freeBlocks(replica),
      this.#promptTokens,
    )
  }

  #freeBlocks(replica: number): number {
    return this.#kv.numbers[this.#kv.at(replica) + reading.FREE_BLOCKS]
  }

  /**
   * The way there, front end, the step under way, waiting for a place, then prefill behind the prompts already there.
   * Of a replica that takes prompts over computed: until its first token of the request.
   */
  ttftS(replica: number, prices: StepPrices, hitTokens: number): number {
    const at = this.#at(replica, prices)
    return this.#ttftS(at, replica, prices, this.#inputTokens - hitTokens)
  }

  #ttftS(at: number, replica: number, prices: StepPrices, inputTokens: number): number {
    const terms = this.#terms
    const leftS = this.#load.numbers[at + reading.MIXED_END_S] - this.#load.asOfS[0]
    const waitS = leftS > 0 ? leftS : 0
    const room = terms[at + term.ROOM_TOKENS]
    if (room === 0) return waitS + this.#askedTtftS(at, replica, prices, inputTokens)
    const missingS = (inputTokens - terms[at + term.SPARE_TOKENS]) * terms[at + term.PLACE_TOKEN_S]
    const excessS = terms[at + term.PLACE_S]
    const placeS = this.#outputTokens * (missingS > excessS ? missingS : excessS)
    if (room === term.TAKEN_OVER) return waitS + placeS + this.#firstStepS(at, inputTokens)
    const outsideS = prices.outsideS + prices.outsideTokenS * inputTokens
    return waitS + placeS + outsideS + this.#prefillS(at, prices, inputTokens)
  }

  #firstStepS(at: number, inputTokens: number): number {
    const terms = this.#terms
    const stepS = terms[at + term.BESIDE_S] + terms[at + term.FULL_STEP_S] * inputTokens
    const floorS = terms[at + term.FIRST_FLOOR_S]
    return stepS > floorS ? stepS : floorS
  }

  /** Steps that take the prompt in, behind the tokens ahead of it as if they were prompts of its length. */
  #prefillS(at: number, prices: StepPrices, inputTokens: number): number {
    const terms = this.#terms
    const tokens = terms[at + term.AHEAD_TOKENS] + inputTokens
    const room = terms[at + term.ROOM_TOKENS]
    if (tokens < room) return this.#lastStepS(at, prices, inputTokens, tokens)
    const full = Math.floor(tokens / room)
    const rest = tokens - full * room
    const fullS = terms[at + term.FULL_STEP_S] + (prices.pairS * inputTokens * room) / 2
    const floorS = prices.floorOf(terms[at + term.DECODES] + Math.ceil(room / inputTokens))
    const allS = full * (fullS > floorS ? fullS : floorS)
    return rest > 0 ? allS + this.#lastStepS(at, prices, inputTokens, rest) : allS
  }

  #lastStepS(at: number, prices: StepPrices, inputTokens: number, tokens: number): number {
    const terms = this.#terms
    const decodes = terms[at + term.DECODES]
    const pairsS = (prices.pairS * inputTokens * tokens) / 2
    const stepS = prices.tokensS.at(decodes + tokens) + pairsS + terms[at + term.BESIDE_S]
    const floorS = prices.floorOf(decodes + Math.ceil(tokens / inputTokens))
    return stepS > floorS ? stepS : floorS
  }

  #askedTtftS(at: number, replica: number, prices: StepPrices, inputTokens: number): number {
    const { numbers } = this.#load
    const placeS = asked.placeS(prices, numbers, at, this.#freeBlocks(replica), inputTokens)
    const firstS = asked.firstTokenS(prices, numbers, at, inputTokens)
    return prices.outsideS + prices.outsideTokenS * inputTokens + placeS * this.#outputTokens + firstS
  }

  /** Seconds per output token behind the first, with the request and all that wait there in the batch. */
  tpotS(replica: number, prices: StepPrices, hitTokens: number): number {
    const at = this.#at(replica, prices)
    return this.#tpotS(at, prices, this.#inputTokens - hitTokens)
  }

  #tpotS(at: number, prices: StepPrices, inputTokens: number): number {
    const terms = this.#terms
    if (terms[at + term.ROOM_TOKENS] === 0) return this.#askedTpotS(at, prices, inputTokens)
    if (!prices.isDecoding) return 0
    const gapS = this.#gapS(at, inputTokens)
    const tokenS = prices.tokensPerStep === 1 ? gapS : gapS / prices.tokensPerStep
    if (!prices.isPrefilling) return tokenS
    const stepS = terms[at + term.PROMPT_STEP_S] + terms[at + term.CONTEXT_TOKEN_S] * inputTokens
    const floorS = prices.floorOf(terms[at + term.DECODES] + 1)
    const addedS = (stepS > floorS ? stepS : floorS) - gapS
    return addedS > 0 ? tokenS + (terms[at + term.SEQUENCES] * addedS) / this.#outputTokens : tokenS
  }

  #gapS(at: number, inputTokens: number): number {
    const terms = this.#terms
    const gapS = terms[at + term.GAP_S] + terms[at + term.GAP_TOKEN_S] * inputTokens
    const floorS = terms[at + term.GAP_FLOOR_S]
    return gapS > floorS ? gapS : floorS
  }

  #askedTpotS(at: number, prices: StepPrices, inputTokens: number): number {
    const { numbers } = this.#load
    return asked.tokenS(prices, numbers, at, inputTokens, this.#promptTokens, this.#outputTokens)
  }

  /** To the last of the tokens predicted. */
  e2eS(replica: number, prices: StepPrices, hitTokens: number): number {
    const at = this.#at(replica, prices)
    const inputTokens = this.#inputTokens - hitTokens
    const ttftS = this.#ttftS(at, replica, prices, inputTokens)
    if (this.#predictedTokens <= 1) return ttftS
    return ttftS + (this.#predictedTokens - 1) * this.#tpotS(at, prices, inputTokens)
  }

  /** Replica-seconds that the request would take for itself: its prefill and its part of the decode steps. */
  ownS(replica: number, prices: StepPrices, hitTokens: number): number {
    return this.#ownS(this.#at(replica, prices), prices, this.#inputTokens - hitTokens)
  }

  #ownS(at: number, prices: StepPrices, inputTokens: number): number {
    const gapS = this.#gapWithS(at, prices, inputTokens)
    const decodingS = (stepsFor(prices, this.#predictedTokens) * gapS) / this.#sequences(at, prices)
    if (!prices.isPrefilling) return decodingS
    const addedS = this.#stepWithS(at, prices, inputTokens) - gapS
    return addedS > 0 ? addedS + decodingS : decodingS
  }

  #sequences(at: number, prices: StepPrices): number {
    return asked.batchWith(this.#load.numbers, at, prices.kind.maxSequences)
  }

  /** A decode step with the request in the batch. */
  #gapWithS(at: number, prices: StepPrices, inputTokens: number): number {
    if (this.#terms[at + term.ROOM_TOKENS] === 0)
      return asked.gapS(prices, this.#load.numbers, at, inputTokens)
    return this.#gapS(at, inputTokens)
  }

  /** A step of the decodes there beside the request's whole prompt. */
  #stepWithS(at: number, prices: StepPrices, inputTokens: number): number {
    const terms = this.#terms
    if (terms[at + term.ROOM_TOKENS] === 0)
      return asked.promptStepS(prices, this.#load.numbers, at, inputTokens, inputTokens)
    const decodes = terms[at + term.DECODES]
    const contextTokens = terms[at + term.AHEAD_TOKENS] + inputTokens
    const besideS = terms[at + term.BESIDE_S] + terms[at + term.CONTEXT_TOKEN_S] * contextTokens
    const pairsS = (prices.pairS * inputTokens * inputTokens) / 2
    const stepS = prices.tokensS.at(decodes + inputTokens) + pairsS + besideS
    const floorS = prices.floorOf(decodes + 1)
    return stepS > floorS ? stepS : floorS
  }

  /** Joules at the node's wall that the request would cause there, idle watts taken off. */
  ownJ(replica: number, prices: StepPrices, hitTokens: number): number {
    const { energy } = prices.kind
    const at = this.#at(replica, prices)
    const inputTokens = this.#inputTokens - hitTokens
    const gapJ = this.#gapWithJ(at, prices, inputTokens)
    const decodingJ = (stepsFor(prices, this.#predictedTokens) * gapJ) / this.#sequences(at, prices)
    const idleJ = energy.idleWatts * this.#ownS(at, prices, inputTokens)
    if (!prices.isPrefilling) return decodingJ - idleJ
    const addedJ = this.#stepWithJ(at, prices, inputTokens) - gapJ
    return addedJ > 0 ? addedJ + decodingJ - idleJ : decodingJ - idleJ
  }

  #gapWithJ(at: number, prices: StepPrices, inputTokens: number): number {
    const { energy } = prices.kind
    const { numbers } = this.#load
    const gapS = this.#gapWithS(at, prices, inputTokens)
    const context = asked.contextWith(numbers, at, inputTokens)
    const batch = prices.decodes(this.#sequences(at, prices), context, numbers[at + reading.LONGEST_TOKENS])
    return energy.decodeJoules(batch, 1, gapS, energy.isDecodeCapped(batch))
  }

  #stepWithJ(at: number, prices: StepPrices, inputTokens: number): number {
    const stepS = this.#stepWithS(at, prices, inputTokens)
    const step = asked.promptStep(prices, this.#load.numbers, at, inputTokens, inputTokens)
    return prices.kind.energy.stepJoules(step, stepS)
  }
}

/** A mean to within 1 %, so that it seldom changes: whole tokens, the leading seven binary digits. */
function rounded(tokens: number): number {
  const unit = 1 << Math.max(0, 25 - Math.clz32(tokens))
  return Math.max(1, unit * Math.round(tokens / unit))
}

/** Decode steps that an output takes behind its first token, if they are the replica's part. */
function stepsFor({ isDecoding, tokensPerStep }: StepPrices, outputTokens: number): number {
  if (!isDecoding || outputTokens <= 1) return 0
  return (outputTokens - 1) / tokensPerStep
}
