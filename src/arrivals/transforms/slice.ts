import { UserError } from '../../core/errors.ts'
import { atLeast } from '../bounds.ts'
import type { ArrivalSource } from '../contract.ts'
import { kept, rebased } from './keep.ts'
import { TurnCount } from './turns.ts'

export interface SliceSpec {
  /** Seconds from the workload's first arrival; 0 by default. */
  readonly fromS?: number | undefined
  /** Requests that arrive then or later go; none by default. */
  readonly toS?: number | undefined
}

/**
 * The requests of a stretch of time, the first of them at 0 s. Think times and deadlines stay. A session that began
 * before is left its later turns, numbered from 1, the first without a think time. Throws a UserError unless
 * 0 <= fromS < toS.
 */
export function sliced(source: ArrivalSource, { fromS = 0, toS }: SliceSpec): ArrivalSource {
  atLeast('from_s', fromS, 0)
  const endS = toS ?? Number.POSITIVE_INFINITY
  if (!(endS > fromS)) throw new UserError(`to_s is ${toS}; must be a number above from_s, ${fromS}`)
  const turns = new TurnCount()
  let isOver = false
  const part = kept(
    source,
    (block, row) => {
      isOver ||= block.arrivalS[row] >= endS
      if (isOver || block.arrivalS[row] < fromS) return false
      if (fromS > 0 && block.details !== undefined) turns.recount(block.details, row)
      return true
    },
    () => isOver,
  )
  return rebased(part)
}
