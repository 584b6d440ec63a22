import { BlockIds } from './block-ids.ts'
import { type Column, Records } from './column.ts'

/** What few workloads say of a request, kept while it is in flight. */
export class Notes {
  readonly #records = new Records(-1, Number.NaN, 0, -1)
  /** Index into the workload's tenants, or -1. */
  readonly tenantId: Column = this.#records.column(0)
  /** Seconds from its arrival by which it must have ended; NaN where there is none. A turn arrives when it is sent. */
  readonly deadlineS: Column = this.#records.column(1)
  /** Index into the course's models. */
  readonly modelId: Column = this.#records.column(2)
  /** Tells the workload's sessions apart, or -1. */
  readonly sessionId: Column = this.#records.column(3)
  /** Blocks of its prompt. */
  readonly blocks = new BlockIds()

  /** Notes of one request what is noted of another. */
  copy(from: number, to: number): void {
    const { blocks } = this
    for (const column of [this.tenantId, this.deadlineS, this.modelId, this.sessionId])
      column.set(to, column.at(from))
    const start = blocks.startOf(from)
    const ids = blocks.idsOf(from)
    blocks.set(to, ids, blocks.blockTokens(from), start, start + blocks.count(from))
  }

  clear(request: number): void {
    this.#records.clear(request)
    this.blocks.release(request)
  }
}
