/** A block of requests on their way in: a struct of arrays that a source fills from its start. */
export class ArrivalBlock {
  readonly capacity: number
  length = 0
  /** Seconds from the first arrival of the run, nondecreasing within and across blocks. */
  readonly arrivalS: Float64Array
  /** Prompt tokens, >= 1. */
  readonly inputTokens: Int32Array
  /** Output tokens, >= 1. */
  readonly outputTokens: Int32Array
  /** Prompt tokens that the prefix cache already holds. */
  readonly hitTokens: Int32Array
  /** Index into the source's `classes`. */
  readonly classId: Uint8Array

  constructor(capacity = 4096) {
    this.capacity = capacity
    this.arrivalS = new Float64Array(capacity)
    this.inputTokens = new Int32Array(capacity)
    this.outputTokens = new Int32Array(capacity)
    this.hitTokens = new Int32Array(capacity)
    this.classId = new Uint8Array(capacity)
  }

  push(
    arrivalS: number,
    inputTokens: number,
    outputTokens: number,
    hitTokens: number,
    classId: number,
  ): void {
    const row = this.length++
    this.arrivalS[row] = arrivalS
    this.inputTokens[row] = inputTokens
    this.outputTokens[row] = outputTokens
    this.hitTokens[row] = hitTokens
    this.classId[row] = classId
  }
}

/**
 * A workload being read: arrivals in order of time, block by block, so that memory does not grow with the
 * number of requests. The first arrival of a run is at 0 s.
 */
export interface ArrivalSource {
  /** Names of the request classes; `classId` indexes them. */
  readonly classes: readonly string[]
  /** Refills the block from its start; a length of 0 says that the workload is over. */
  fill(block: ArrivalBlock): void | Promise<void>
  /** Lets go of files. May be called at any time, more than once. */
  close(): void
}

/** The sizes of one request. */
export interface Lengths {
  readonly inputTokens: number
  readonly outputTokens: number
}
