import type { ArrivalSource } from './contract.ts'

/** A workload held in memory as columns; see `ArrivalBlock` for what they mean. */
export interface Arrivals {
  readonly classes: readonly string[]
  readonly length: number
  readonly arrivalS: Float64Array
  readonly inputTokens: Int32Array
  readonly outputTokens: Int32Array
  readonly hitTokens: Int32Array
  readonly classId: Uint8Array
}

/** A request as tests and oracles write it down. */
export interface ArrivalRow {
  readonly arrivalS: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** 0 where absent. */
  readonly hitTokens?: number
  /** 0 where absent. */
  readonly classId?: number
}

/** A reader of a workload in memory. The columns are shared, not copied: any number of readers may use them. */
export function fromMemory(arrivals: Arrivals): ArrivalSource {
  let read = 0
  return {
    classes: arrivals.classes,
    fill(block) {
      const end = Math.min(read + block.capacity, arrivals.length)
      block.arrivalS.set(arrivals.arrivalS.subarray(read, end))
      block.inputTokens.set(arrivals.inputTokens.subarray(read, end))
      block.outputTokens.set(arrivals.outputTokens.subarray(read, end))
      block.hitTokens.set(arrivals.hitTokens.subarray(read, end))
      block.classId.set(arrivals.classId.subarray(read, end))
      block.length = end - read
      read = end
    },
    close() {},
  }
}

/** Columns from rows in order of time. */
export function fromRows(rows: readonly ArrivalRow[], classes: readonly string[] = ['all']): Arrivals {
  return {
    classes,
    length: rows.length,
    arrivalS: Float64Array.from(rows, row => row.arrivalS),
    inputTokens: Int32Array.from(rows, row => row.inputTokens),
    outputTokens: Int32Array.from(rows, row => row.outputTokens),
    hitTokens: Int32Array.from(rows, row => row.hitTokens ?? 0),
    classId: Uint8Array.from(rows, row => row.classId ?? 0),
  }
}
