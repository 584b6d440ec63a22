import { UserError } from '../../core/errors.ts'
import { type GapSpec, gapDraws } from '../gaps.ts'
import type { TraceRow } from './contract.ts'

/** A trace does not say when its requests come, and nothing else does. */
export class TimesMissing extends UserError {}

/** Says when the requests come of a trace that does not say so itself. */
export type Starts = (row: Pick<TraceRow, 'place' | 'session' | 'start' | 'offsetS'>) => number

/**
 * Draws a start for each session or other `start`, in the order in which they come first, and for each row that has none.
 * Remembers all of them. Throws `TimesMissing` at the first row where no gaps are given.
 */
export function drawnStarts(gaps: GapSpec | undefined, seed: string | number, format: string): Starts {
  const starts = new Map<string | number, number>()
  const gap = gaps && gapDraws(gaps, seed, 'trace')
  let nextS = 0
  return ({ place, session, start = session, offsetS = 0 }) => {
    if (gap === undefined) throw new TimesMissing(`${place}: ${withoutTimes(format)}`)
    const known = start === undefined ? undefined : starts.get(start)
    if (known !== undefined) return known + offsetS
    const startS = nextS
    nextS += gap()
    if (start !== undefined) starts.set(start, startS)
    return startS + offsetS
  }
}

function withoutTimes(format: string): string {
  return `${format} does not say here when requests come; give their rate: --rate, or arrivals beside trace in a scenario`
}
