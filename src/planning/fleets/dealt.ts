import type { ArrivalSource } from '../../arrivals/contract.ts'
import { kept, rebased } from '../../arrivals/transforms/keep.ts'
import { fromWhole, type WholeWorkload } from '../../arrivals/whole.ts'

/** Of the rows about so many, evenly over all; those of a session go together. All of them where they are fewer. */
export function dealt(
  { details }: WholeWorkload,
  rows: readonly number[],
  requests: number,
): ReadonlySet<number> {
  const sessions = new Map<number, boolean>()
  const before = (dealt: number) => Math.floor((dealt * Math.min(requests, rows.length)) / rows.length)
  let dealt = 0
  const isKept = (row: number) => {
    const session = details?.sessionId[row] ?? -1
    const known = sessions.get(session)
    if (known !== undefined) return known
    const isNext = before(dealt + 1) > before(dealt)
    dealt++
    if (session >= 0) sessions.set(session, isNext)
    return isNext
  }
  return new Set(rows.filter(isKept))
}

/** The workload's requests of those rows, from 0 s on. */
export function only(whole: WholeWorkload, rows: ReadonlySet<number>): ArrivalSource {
  let row = 0
  return rebased(kept(fromWhole(whole), () => rows.has(row++)))
}
