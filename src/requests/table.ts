import { grown } from '../core/grown.ts'
import { Journeys } from './journeys.ts'
import { Notes } from './notes.ts'

/** How a request ended; 0 while it has not. Law: every request gets exactly one of these. */
export const FINISHED = 1
/** By its replica, for which the prompt is too long. */
export const REJECTED = 2
/** Ended by `maxModelLen` before its output was complete; counted as finished, with this reason kept. */
export const LENGTH = 3
/** By the policy, or before it was asked. */
export const REFUSED = 4
/** Waited at the gateway for as long as it may. */
export const EXPIRED = 5
/** Its client has given up. */
export const TIMED_OUT = 6
/** Of an attempt alone: another one serves the request, or it is tried again. */
export const CANCELLED = 7
export type Outcome =
  | 0
  | typeof FINISHED
  | typeof REJECTED
  | typeof LENGTH
  | typeof REFUSED
  | typeof EXPIRED
  | typeof TIMED_OUT
  | typeof CANCELLED

/** Numbers of each width in a record, and the distance between the ids of neighbouring slots. */
const STRIDE = 16
const FIRST_SLOTS = 64

/**
 * The requests in flight. A request is an id; its facts are read and written as `requests.arrivalS[id]`. Slots
 * are recycled, so memory is bounded by the number in flight and not by the length of the trace.
 *
 * Ids are multiples of 16: every column is a view, at an offset of its own, into shared records of 16 doubles and
 * of 16 integers, so that all of a request lies in three cache lines. Read a column anew at each use: growing
 * replaces it.
 */
export class RequestTable {
  // What came with the request.
  /** Place in the workload, from 0. */
  declare ordinal: Float64Array
  declare arrivalS: Float64Array
  declare inputTokens: Int32Array
  /** The true output length. Hidden from policies. */
  declare outputTokens: Int32Array
  /** Prompt tokens whose KV the prefix cache already holds; at most inputTokens - 1 are used. */
  declare hitTokens: Int32Array
  declare classId: Int32Array
  /** Number of the closed-loop client that waits for it, or -1. */
  declare client: Int32Array
  /** Place of its session among those that hold turns back, or -1. */
  declare session: Int32Array

  // What the router knew and did.
  declare predictedTokens: Float64Array
  declare replica: Int32Array
  /** When it is past the engine's front end and may be batched. */
  declare readyS: Float64Array

  // What happened to it.
  declare admittedS: Float64Array
  declare firstTokenS: Float64Array
  declare endS: Float64Array
  /** Output tokens emitted, settled whenever the request joins or leaves a decode batch. */
  declare emittedTokens: Int32Array
  declare preemptions: Int32Array
  declare worstItlS: Float64Array
  declare outcome: Int32Array
  /** Replica-seconds, joules and grams of CO2 that are this request's share of its replica's meter. */
  declare shareS: Float64Array
  declare shareJ: Float64Array
  declare shareG: Float64Array

  // The replica's own notes.
  /** Tokens the prefill must compute: the prompt, or prompt + emitted after a preemption. */
  declare prefillTokens: Int32Array
  /** Tokens of the prefill computed so far, prefix hits included. */
  declare computedTokens: Int32Array
  declare heldBlocks: Int32Array
  /** While it decodes: context tokens minus the replica's decode-step counter, a constant. */
  declare contextBase: Float64Array
  /** While it decodes: the value of the replica's decode-step counter at which it ends. */
  declare finishStep: Float64Array
  /** While it decodes: (context - decode-step counter) modulo the KV block size. */
  declare kvResidue: Int32Array
  /** Order of admission at its replica. */
  declare admission: Float64Array
  /** Number of the batch change at which it joined the decodes. */
  declare epoch: Float64Array
  /** When its last token came out, kept for requests whose decoding was interrupted. */
  declare lastTokenS: Float64Array
  /** Neighbours in the replica's list of running requests; -1 at the ends. */
  declare next: Int32Array
  declare previous: Int32Array

  /** What few workloads say, and what few fleets do; empty in all others. */
  readonly notes = new Notes()
  readonly journeys = new Journeys()

  #doubles = new Float64Array(FIRST_SLOTS * STRIDE)
  #integers = new Int32Array(FIRST_SLOTS * STRIDE)
  #free = new Int32Array(FIRST_SLOTS)
  #freeCount = 0
  #used = 0
  #inFlight = 0

  constructor() {
    this.#place()
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** The number of slots ever needed at once. */
  get capacity(): number {
    return this.#free.length
  }

  /** A slot with every note of its last user wiped. */
  take(): number {
    if (this.#freeCount === 0 && this.#used === this.#free.length) this.#grow()
    const id = this.#freeCount > 0 ? this.#free[--this.#freeCount] : this.#used++ * STRIDE
    this.#inFlight++
    const doubles = this.#doubles
    const integers = this.#integers
    for (let place = id; place < id + STRIDE; place++) {
      doubles[place] = 0
      integers[place] = 0
    }
    this.client[id] = -1
    this.session[id] = -1
    this.replica[id] = -1
    this.admittedS[id] = Number.NaN
    this.firstTokenS[id] = Number.NaN
    this.endS[id] = Number.NaN
    return id
  }

  /** A slot that has what came with the request of another, and what the router knew of it. */
  copyOf(id: number): number {
    const copy = this.take()
    const columns = [this.ordinal, this.arrivalS, this.predictedTokens]
    const wholes = [
      this.inputTokens,
      this.outputTokens,
      this.hitTokens,
      this.classId,
      this.client,
      this.session,
    ]
    for (const column of [...columns, ...wholes]) column[copy] = column[id]
    this.notes.copy(id, copy)
    this.#forgetFound(copy)
    this.journeys.retries.set(copy, this.journeys.retries.at(id))
    return copy
  }

  /** Wipes what happened to a request that is tried again, but for its shares and preemptions, and counts the try. */
  tryAgain(id: number): void {
    this.admittedS[id] = Number.NaN
    this.firstTokenS[id] = Number.NaN
    this.endS[id] = Number.NaN
    this.emittedTokens[id] = 0
    this.computedTokens[id] = 0
    this.heldBlocks[id] = 0
    this.outcome[id] = 0
    this.replica[id] = -1
    this.journeys.sentS.clear(id)
    this.#forgetFound(id)
    this.journeys.retries.set(id, this.journeys.retries.at(id) + 1)
  }

  /** Where the workload tells blocks, hits are what a replica has found; given ones stay. */
  #forgetFound(id: number): void {
    if (this.notes.blocks.count(id) > 0) this.hitTokens[id] = 0
  }

  release(id: number): void {
    this.#free[this.#freeCount++] = id
    this.#inFlight--
  }

  #grow(): void {
    this.#doubles = grown(this.#doubles, new Float64Array(2 * this.#doubles.length))
    this.#integers = grown(this.#integers, new Int32Array(2 * this.#integers.length))
    this.#free = grown(this.#free, new Int32Array(2 * this.#free.length))
    this.#place()
  }

  /** Lays the columns over the records. */
  #place(): void {
    const doubles = Array.from({ length: STRIDE }, (_, i) => this.#doubles.subarray(i))
    const integers = Array.from({ length: STRIDE }, (_, i) => this.#integers.subarray(i))
    this.arrivalS = doubles[0]
    this.readyS = doubles[1]
    this.admittedS = doubles[2]
    this.firstTokenS = doubles[3]
    this.endS = doubles[4]
    this.shareS = doubles[5]
    this.shareJ = doubles[6]
    this.shareG = doubles[7]
    this.contextBase = doubles[8]
    this.finishStep = doubles[9]
    this.admission = doubles[10]
    this.epoch = doubles[11]
    this.lastTokenS = doubles[12]
    this.worstItlS = doubles[13]
    this.predictedTokens = doubles[14]
    this.ordinal = doubles[15]
    this.inputTokens = integers[0]
    this.outputTokens = integers[1]
    this.prefillTokens = integers[2]
    this.computedTokens = integers[3]
    this.heldBlocks = integers[4]
    this.emittedTokens = integers[5]
    this.next = integers[6]
    this.previous = integers[7]
    this.kvResidue = integers[8]
    this.replica = integers[9]
    this.preemptions = integers[10]
    this.outcome = integers[11]
    this.classId = integers[12]
    this.client = integers[13]
    this.hitTokens = integers[14]
    this.session = integers[15]
  }
}
