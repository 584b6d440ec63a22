import type { TraceWriter } from './contract.ts'
import { lines, wholeParts } from './lines.ts'

const TICKS_PER_S = 1e7
/** The first request comes at a Sunday's midnight, as the conversation trace of 2024 begins, whatever its own day is. */
const FIRST_DAY_MS = Date.UTC(2024, 4, 12)

/**
 * The Azure traces' three columns, with stamps of 100 ns from Sunday 2024-05-12 on: a workload has no date, so a week that is
 * generated from another day on is stamped as if that were a Sunday.
 */
export const azure: TraceWriter = {
  carries: [],
  begin(_, losses) {
    const stamp = stamps()
    return lines('TIMESTAMP,ContextTokens,GeneratedTokens\n', (block, row) => {
      const ticks = wholeParts(block.arrivalS[row], TICKS_PER_S, '100 ns', losses)
      return `${stamp(ticks)},${block.inputTokens[row]},${block.outputTokens[row]}`
    })
  },
}

/** Stamps of ticks from the first day; most are of the same second as the one before. */
function stamps(): (ticks: number) => string {
  let second = -1
  let clock = ''
  return ticks => {
    const whole = Math.floor(ticks / TICKS_PER_S)
    if (whole !== second) {
      second = whole
      clock = new Date(FIRST_DAY_MS + 1000 * whole).toISOString().slice(0, 19).replace('T', ' ')
    }
    return `${clock}.${String(ticks - whole * TICKS_PER_S).padStart(7, '0')}`
  }
}
