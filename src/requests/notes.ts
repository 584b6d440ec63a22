import { BlockIds } from './block-ids.ts'
import { Column } from './column.ts'

/** What few workloads say of a request, kept while it is in flight. */
export class Notes {
  /** Index into the workload's tenants, or -1. */
  readonly tenantId = new Column(-1)
  /** Seconds from its arrival by which it must have ended; NaN where there is none. A turn arrives when it is sent. */
  readonly deadlineS = new Column(Number.NaN)
  /** Index into the course's models. */
  readonly modelId = new Column(0)
  /** Blocks of its prompt. */
  readonly blocks = new BlockIds()

  clear(request: number): void {
    this.tenantId.clear(request)
    this.deadlineS.clear(request)
    this.modelId.clear(request)
    this.blocks.release(request)
  }
}
