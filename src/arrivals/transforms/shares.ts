import { stream, uniformAt } from '../../core/random.ts'
import { within } from '../bounds.ts'
import type { ArrivalBlock } from '../contract.ts'
import type { Chance } from './contract.ts'

/** Whether each request is chosen by itself, or a session is as a whole; a request of no session by itself. */
export type ChosenBy = 'request' | 'session'

/**
 * Chooses a share of the rows, asked once of each in order. The choice depends on the seed and on the row's number, or
 * its session's, alone. Throws a UserError unless the share is from 0 to 1.
 */
export function chosen(share: number, by: ChosenBy, { seed, name }: Chance) {
  within('share', share, 0, 1)
  const rowKey = key(seed, `${name}/request`)
  const sessionKey = key(seed, `${name}/session`)
  let index = 0
  return (block: ArrivalBlock, row: number): boolean => {
    const number = index++
    const session = by === 'session' && block.details !== undefined ? block.details.sessionId[row] : -1
    return (session < 0 ? uniformAt(rowKey, number) : uniformAt(sessionKey, session)) < share
  }
}

function key(seed: string | number, name: string): number {
  return Math.floor(stream(seed, name)() * 4294967296)
}
