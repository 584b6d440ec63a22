import { UserError } from '../../core/errors.ts'
import { positive } from '../bounds.ts'
import type { ArrivalBlock, ArrivalSource } from '../contract.ts'
import { passedOn } from '../mapped.ts'
import type { Open } from './contract.ts'
import { moveSessions } from './ids.ts'
import { kept, rebased } from './keep.ts'
import { TurnCount } from './turns.ts'

export interface ShiftSpec {
  /** How much later everything comes; below 0 earlier. */
  readonly byS: number
  /** After which the workload begins again, such as 86400; at least the time of its last arrival. */
  readonly periodS: number
}

/**
 * A periodic workload at another phase: what came at t comes at t + byS modulo periodS, as seen from another time zone,
 * and then all of it so much earlier that the first is at 0 s. Reads the workload twice. Think times and deadlines stay.
 * A session that goes across the seam becomes two. Throws a UserError where the period is not above 0 or ends before
 * the workload.
 */
export function shifted(open: Open, { byS, periodS }: ShiftSpec): ArrivalSource {
  positive('period_s', periodS)
  if (!Number.isFinite(byS)) throw new UserError(`by_s is ${byS}; must be a number of seconds`)
  return rebased(rotated(open, periodS - modulo(byS, periodS), periodS))
}

/**
 * The workload from `cutS` on, then what came before, `periodS` later: every time counts from the cut, so that the first
 * arrival is not at 0 s.
 */
export function rotated(open: Open, cutS: number, periodS: number): ArrivalSource {
  const first = open()
  const halves = [
    { source: behindCut(first, cutS, periodS), laterS: -cutS, apart: { times: 2, plus: 0 } },
    { source: beforeCut(open, cutS), laterS: periodS - cutS, apart: { times: 2, plus: 1 } },
  ]
  let at = 0
  return {
    ...passedOn(first),
    async fill(block) {
      block.length = 0
      for (; at < halves.length; at++) {
        const { source, laterS, apart } = halves[at]
        await source.fill(block)
        move(block, laterS)
        moveSessions(block, 0, apart)
        if (block.length > 0) return
      }
    },
    close() {
      for (const { source } of halves) source.close()
    },
  }
}

/** The same requests later. */
export function delayed(source: ArrivalSource, byS: number): ArrivalSource {
  return {
    ...passedOn(source),
    async fill(block) {
      await source.fill(block)
      move(block, byS)
    },
  }
}

function behindCut(source: ArrivalSource, cutS: number, periodS: number): ArrivalSource {
  const turns = new TurnCount()
  return kept(source, (block, row) => {
    const arrivalS = block.arrivalS[row]
    if (arrivalS > periodS) {
      throw new UserError(`period_s is ${periodS}; must be at least ${arrivalS}, when a request comes`)
    }
    if (arrivalS < cutS) return false
    if (block.details !== undefined) turns.recount(block.details, row)
    return true
  })
}

/** Opened only when it is read. */
function beforeCut(open: Open, cutS: number): Omit<ArrivalSource, 'classes'> {
  let isOver = false
  let source: ArrivalSource | undefined
  return {
    async fill(block) {
      source ??= kept(
        open(),
        (from, row) => {
          isOver ||= from.arrivalS[row] >= cutS
          return !isOver
        },
        () => isOver,
      )
      await source.fill(block)
    },
    close: () => source?.close(),
  }
}

function move(block: ArrivalBlock, byS: number): void {
  for (let row = 0; row < block.length; row++) block.arrivalS[row] += byS
}

function modulo(value: number, period: number): number {
  return value - period * Math.floor(value / period)
}
