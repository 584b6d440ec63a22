import { ArrivalBlock, type ArrivalSource } from './contract.ts'
import type { DetailColumns, Details } from './details.ts'
import type { Arrivals } from './memory.ts'

/** A workload held in memory with all that it says: columns that any number of readers, and threads, may share. */
export interface WholeWorkload extends Arrivals {
  readonly tenants?: readonly string[]
  readonly models?: readonly string[]
  readonly details?: DetailColumns
}

/** Reads a workload into memory and closes it. */
export async function readWhole(source: ArrivalSource): Promise<WholeWorkload> {
  const blocks: ArrivalBlock[] = []
  try {
    for (let block = new ArrivalBlock(); ; block = new ArrivalBlock()) {
      await source.fill(block)
      if (block.length === 0) break
      blocks.push(block)
    }
  } finally {
    source.close()
  }
  return joined(blocks, source)
}

/** Row `row` of the workload as the next of the block. */
export function takeRow(block: ArrivalBlock, whole: WholeWorkload, row: number, arrivalS: number): void {
  const { inputTokens, outputTokens, hitTokens, classId, details } = whole
  const at = block.length
  block.push(arrivalS, inputTokens[row], outputTokens[row], hitTokens[row], classId[row])
  if (details !== undefined) block.detailed().copy(at, details, row)
}

/** A reader of the workload as it is. */
export function fromWhole(whole: WholeWorkload): ArrivalSource {
  let read = 0
  return {
    ...namesOf(whole),
    fill(block) {
      block.length = 0
      while (block.length < block.capacity && read < whole.length) {
        takeRow(block, whole, read, whole.arrivalS[read])
        read++
      }
    },
    close() {},
  }
}

/** The lists of names of a workload, as its readers have them. */
export function namesOf({ classes, tenants, models }: WholeWorkload) {
  return { classes, ...(tenants && { tenants }), ...(models && { models }) }
}

/** The same with its columns where threads can share them. */
export function shareable(whole: WholeWorkload): WholeWorkload {
  const { details } = whole
  return { ...columnsShared(whole), ...(details && { details: columnsShared(details) }) }
}

function columnsShared<T extends object>(columns: T): T {
  const entries = Object.entries(columns).map(([name, column]) => [
    name,
    ArrayBuffer.isView(column) ? sharedCopy(column as Int32Array) : column,
  ])
  return Object.fromEntries(entries) as T
}

function sharedCopy<T extends Float64Array | Int32Array | Uint8Array>(column: T): T {
  const buffer = new SharedArrayBuffer(column.byteLength)
  const copy = new (column.constructor as new (buffer: SharedArrayBuffer) => T)(buffer)
  copy.set(column)
  return copy
}

function joined(blocks: readonly ArrivalBlock[], source: ArrivalSource): WholeWorkload {
  const length = blocks.reduce((sum, block) => sum + block.length, 0)
  const all = new ArrivalBlock(length)
  for (const block of blocks) {
    for (let row = 0; row < block.length; row++) all.take(block, row, block.classId[row])
  }
  const { arrivalS, inputTokens, outputTokens, hitTokens, classId, details } = all
  const { classes, tenants = [], models = [] } = source
  return {
    classes: [...classes],
    ...(tenants.length > 0 && { tenants: [...tenants] }),
    ...(models.length > 0 && { models: [...models] }),
    length,
    ...{ arrivalS, inputTokens, outputTokens, hitTokens, classId },
    ...(details && { details: columnsOf(details) }),
  }
}

/** The columns as data, which can be sent to another thread. */
function columnsOf(details: Details): DetailColumns {
  return { ...details, blockIds: details.blockIds.slice(0, details.blocksFrom.at(-1)) }
}
