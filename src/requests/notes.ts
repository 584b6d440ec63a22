import { BlockIds } from './block-ids.ts'
import { type Column, columnsOf } from './column.ts'

/** What few workloads say of a request, kept while it is in flight. */
export class Notes {
  /** Index into the workload's tenants, or -1. */
  readonly tenantId: Column
  /** Seconds from its arrival by which it must have ended; NaN where there is none. A turn arrives when it is sent. */
  readonly deadlineS: Column
  /** Index into the course's models. */
  readonly modelId: Column
  /** Blocks of its prompt. */
  readonly blocks = new BlockIds()

  constructor() {
    const [tenantId, deadlineS, modelId] = columnsOf(-1, Number.NaN, 0)
    this.tenantId = tenantId
    this.deadlineS = deadlineS
    this.modelId = modelId
  }

  clear(request: number): void {
    this.tenantId.clear(request)
    this.deadlineS.clear(request)
    this.modelId.clear(request)
    this.blocks.release(request)
  }
}
