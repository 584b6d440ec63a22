import { ArrivalBlock, type ArrivalSource } from '../contract.ts'

/** What must be known of a workload before it is put together anew. */
export interface Overview {
  readonly requests: number
  /** Time of the last arrival. */
  readonly lastS: number
  /** One more than the largest session id; 0 where there are none. */
  readonly sessions: number
  /** One more than the largest id of a prefix block; 0 where there are none. */
  readonly blocks: number
}

/** Looks at rows as they pass. */
export class Overviewer implements Overview {
  requests = 0
  lastS = 0
  sessions = 0
  blocks = 0

  add({ length, arrivalS, details }: ArrivalBlock): void {
    if (length === 0) return
    this.requests += length
    this.lastS = arrivalS[length - 1]
    if (details === undefined) return
    const { sessionId, blockIds, blocksFrom } = details
    for (let row = 0; row < length; row++) this.sessions = Math.max(this.sessions, sessionId[row] + 1)
    for (let at = 0; at < blocksFrom[length]; at++) this.blocks = Math.max(this.blocks, blockIds[at] + 1)
  }
}

/** Reads a workload through and closes it. */
export async function overview(source: ArrivalSource): Promise<Overview> {
  const seen = new Overviewer()
  const block = new ArrivalBlock()
  try {
    do {
      await source.fill(block)
      seen.add(block)
    } while (block.length > 0)
    return seen
  } finally {
    source.close()
  }
}
