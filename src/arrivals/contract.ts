import { Details } from './details.ts'

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
  /** What the source says beyond that; undefined where it says no more. */
  details: Details | undefined

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

  /** Appends a row of another block under a class id of its own. */
  take(from: ArrivalBlock, row: number, classId: number): void {
    const at = this.length
    this.push(from.arrivalS[row], from.inputTokens[row], from.outputTokens[row], from.hitTokens[row], classId)
    if (from.details !== undefined) this.detailed().copy(at, from.details, row)
    else this.details?.begin(at)
  }

  /** The columns for what few workloads say. A source that has them calls it before its first row. */
  detailed(): Details {
    if (this.details === undefined) {
      this.details = new Details(this.capacity)
      for (let row = 0; row < this.length; row++) this.details.begin(row)
    }
    return this.details
  }
}

/**
 * A workload being read: arrivals in order of time, block by block, so that memory does not grow with the
 * number of requests. The first arrival of a run is at 0 s.
 */
export interface ArrivalSource {
  /**
   * Names of the request classes; `classId` indexes them. Lists of names may grow while a workload is read: only those
   * that its rows have named so far are sure to be there.
   */
  readonly classes: readonly string[]
  /** Names that `details.tenantId` and `details.modelId` index; absent where there are none. */
  readonly tenants?: readonly string[]
  readonly models?: readonly string[]
  /** Refills the block from its start; a length of 0 says that the workload is over. */
  fill(block: ArrivalBlock): void | Promise<void>
  /** Lets go of files. May be called at any time, more than once. */
  close(): void
  /** What has been read, passed over and noticed so far; absent where nothing can go wrong. */
  report?(): ReadingReport | undefined
}

/** What happened while a trace was read. */
export interface ReadingReport {
  /** The file or folder. */
  readonly name: string
  readonly format: string
  /** Rows that the trace has, good or not. */
  readonly rows: number
  /** Rows that came before a row of an earlier time and were put into order. */
  readonly late: number
  /** What was left out or changed, one entry for each reason. */
  readonly remarks: readonly Remark[]
}

export interface Remark {
  /** Such as `left out: output_length is 0; must be from 1 to 2147483647`. */
  readonly what: string
  readonly count: number
  /** Place of the first, such as `trace.csv:17`. */
  readonly first: string
}

/** The sizes of one request. */
export interface Lengths {
  readonly inputTokens: number
  readonly outputTokens: number
}
