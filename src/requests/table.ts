/** How a request ended; 0 while it has not. Law: every request gets exactly one of these. */
export const FINISHED = 1
export const REJECTED = 2
/** Ended by `maxModelLen` before its output was complete; counted as finished, with this reason kept. */
export const LENGTH = 3
export type Outcome = 0 | typeof FINISHED | typeof REJECTED | typeof LENGTH

/**
 * The requests in flight as a struct of arrays. A request is a slot number; slots are recycled, so memory is
 * bounded by the number in flight and not by the length of the trace. Read a column anew at each use: growing
 * replaces it.
 */
export class RequestTable {
  // What came with the request.
  /** Place in the workload, from 0. */
  ordinal = new Float64Array(256)
  arrivalS = new Float64Array(256)
  inputTokens = new Int32Array(256)
  /** The true output length. Hidden from policies. */
  outputTokens = new Int32Array(256)
  /** Prompt tokens whose KV the prefix cache already holds; at most inputTokens - 1 are used. */
  hitTokens = new Int32Array(256)
  classId = new Uint8Array(256)
  /** Number of the closed-loop client that waits for it, or -1. */
  client = new Int32Array(256)

  // What the router knew and did.
  predictedTokens = new Float64Array(256)
  replica = new Int32Array(256)
  /** When it is past the engine's front end and may be batched. */
  readyS = new Float64Array(256)

  // What happened to it.
  admittedS = new Float64Array(256)
  firstTokenS = new Float64Array(256)
  endS = new Float64Array(256)
  /** Output tokens emitted, settled whenever the request joins or leaves a decode batch. */
  emittedTokens = new Int32Array(256)
  preemptions = new Int32Array(256)
  worstItlS = new Float64Array(256)
  outcome = new Uint8Array(256)
  /** Replica-seconds, joules and grams of CO2 that are this request's share of its replica's meter. */
  shareS = new Float64Array(256)
  shareJ = new Float64Array(256)
  shareG = new Float64Array(256)

  // The replica's own notes.
  /** Tokens the prefill must compute: the prompt, or prompt + emitted after a preemption. */
  prefillTokens = new Int32Array(256)
  /** Tokens of the prefill computed so far, prefix hits included. */
  computedTokens = new Int32Array(256)
  heldBlocks = new Int32Array(256)
  /** While it decodes: context tokens minus the replica's decode-step counter, a constant. */
  contextBase = new Float64Array(256)
  /** While it decodes: the value of the replica's decode-step counter at which it ends. */
  finishStep = new Float64Array(256)
  /** While it decodes: (context - decode-step counter) modulo the KV block size. */
  kvResidue = new Int32Array(256)
  /** Order of admission at its replica. */
  admission = new Float64Array(256)
  /** Number of the batch change at which it joined the decodes. */
  epoch = new Float64Array(256)
  /** When its last token came out, kept for requests whose decoding was interrupted. */
  lastTokenS = new Float64Array(256)
  /** Neighbours in the replica's list of running requests; -1 at the ends. */
  next = new Int32Array(256)
  previous = new Int32Array(256)
  heapPlace = new Int32Array(256)

  #free = new Int32Array(256)
  #freeCount = 0
  #used = 0
  #inFlight = 0

  get inFlight(): number {
    return this.#inFlight
  }

  /** The number of slots ever needed at once. */
  get capacity(): number {
    return this.arrivalS.length
  }

  /** A slot with every note of its last user wiped. */
  take(): number {
    if (this.#freeCount === 0 && this.#used === this.arrivalS.length) this.#grow()
    const id = this.#freeCount > 0 ? this.#free[--this.#freeCount] : this.#used++
    this.#inFlight++
    this.hitTokens[id] = 0
    this.classId[id] = 0
    this.client[id] = -1
    this.predictedTokens[id] = 0
    this.replica[id] = -1
    this.admittedS[id] = Number.NaN
    this.firstTokenS[id] = Number.NaN
    this.endS[id] = Number.NaN
    this.emittedTokens[id] = 0
    this.preemptions[id] = 0
    this.worstItlS[id] = 0
    this.outcome[id] = 0
    this.shareS[id] = 0
    this.shareJ[id] = 0
    this.shareG[id] = 0
    this.computedTokens[id] = 0
    this.heldBlocks[id] = 0
    return id
  }

  release(id: number): void {
    this.#free[this.#freeCount++] = id
    this.#inFlight--
  }

  #grow(): void {
    const columns = this as unknown as Record<string, unknown>
    for (const [name, column] of Object.entries(columns)) {
      if (column instanceof Float64Array) columns[name] = grown(column, new Float64Array(2 * column.length))
      else if (column instanceof Int32Array) columns[name] = grown(column, new Int32Array(2 * column.length))
      else if (column instanceof Uint8Array) columns[name] = grown(column, new Uint8Array(2 * column.length))
    }
    this.#free = grown(this.#free, new Int32Array(2 * this.#free.length))
  }
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from)
  return to
}
