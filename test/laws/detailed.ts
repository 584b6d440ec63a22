import type { ArrivalBlock, ArrivalSource } from '../../src/arrivals/contract.ts'
import type { Details } from '../../src/arrivals/details.ts'
import type { ArrivalRow } from './courses.ts'

/** A request with what few workloads say of theirs. */
export interface DetailedRow extends ArrivalRow {
  readonly tenantId?: number
  readonly modelId?: number
  readonly deadlineS?: number
  readonly blockTokens?: number
  readonly blockIds?: readonly number[]
  readonly session?: SessionPlace
}

export interface SessionPlace {
  readonly id: number
  readonly turn: number
  /** 0 where unknown. */
  readonly turns: number
  readonly thinkS?: number
}

/** What the ids of a workload's rows stand for. */
export interface Names {
  readonly classes: readonly string[]
  readonly tenants?: readonly string[]
  readonly models?: readonly string[]
}

/** A workload held in memory, with its details. */
export function detailedSource(rows: readonly DetailedRow[], names: Names): ArrivalSource {
  let read = 0
  return {
    ...names,
    fill(block: ArrivalBlock) {
      block.length = 0
      while (read < rows.length && block.length < block.capacity) {
        const row = rows[read++]
        const { arrivalS, inputTokens, outputTokens, hitTokens = 0, classId = 0 } = row
        block.push(arrivalS, inputTokens, outputTokens, hitTokens, classId)
        describeRow(block.detailed(), block.length - 1, row)
      }
    },
    close() {},
  }
}

function describeRow(details: Details, place: number, row: DetailedRow): void {
  const { tenantId = -1, modelId = -1, deadlineS = Number.NaN, session } = row
  details.begin(place)
  details.tenantId[place] = tenantId
  details.modelId[place] = modelId
  details.deadlineS[place] = deadlineS
  if (row.blockTokens !== undefined) details.setBlocks(place, row.blockTokens, row.blockIds ?? [])
  if (session === undefined) return
  details.sessionId[place] = session.id
  details.turn[place] = session.turn
  details.turns[place] = session.turns
  details.thinkS[place] = session.thinkS ?? Number.NaN
}
