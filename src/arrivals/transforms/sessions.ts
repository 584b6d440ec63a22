import type { ArrivalSource } from '../contract.ts'
import { mapped } from '../mapped.ts'
import { TurnCount } from './turns.ts'

export type SessionPace = 'open' | 'closed'

/**
 * The same sessions sent in another way. `closed`: every turn behind the first waits for the one before it, and then
 * for its think time, which is 0 where none is known; turns without a number get one in order. `open`: every request comes at its
 * own arrival time, whatever became of those before, and think times are gone. Arrival times and deadlines stay.
 */
export function paced(source: ArrivalSource, pace: SessionPace): ArrivalSource {
  const turns = new TurnCount()
  return mapped(source, ({ details, length }) => {
    if (details === undefined) return
    const { sessionId, turn, thinkS } = details
    if (pace === 'open') return void thinkS.fill(Number.NaN, 0, length)
    for (let row = 0; row < length; row++) {
      if (sessionId[row] < 0) continue
      const counted = turns.next(sessionId[row])
      if (turn[row] === 0) turn[row] = counted
      if (counted > 1 && Number.isNaN(thinkS[row])) thinkS[row] = 0
    }
  })
}
