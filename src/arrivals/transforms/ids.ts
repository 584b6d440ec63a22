import { UserError } from '../../core/errors.ts'
import type { ArrivalBlock } from '../contract.ts'

/** New ids from old ones, so that those of several readings stay apart: `times * id + plus`. */
export interface Apart {
  readonly times: number
  readonly plus: number
}

const LARGEST_ID = 2147483647

/** Moves the session ids of rows from `from` on. Throws a UserError at one that does not fit 31 bits. */
export function moveSessions(block: ArrivalBlock, from: number, { times, plus }: Apart): void {
  const sessionId = block.details?.sessionId
  if (sessionId === undefined) return
  for (let row = from; row < block.length; row++) {
    if (sessionId[row] >= 0) sessionId[row] = fitting('session', times * sessionId[row] + plus)
  }
}

/** The same of prefix block ids. */
export function moveBlocks(block: ArrivalBlock, from: number, { times, plus }: Apart): void {
  const details = block.details
  if (details === undefined) return
  const { blockIds, blocksFrom } = details
  for (let at = blocksFrom[from]; at < blocksFrom[block.length]; at++) {
    blockIds[at] = fitting('prefix block', times * blockIds[at] + plus)
  }
}

function fitting(what: string, id: number): number {
  if (id <= LARGEST_ID) return id
  throw new UserError(
    `id ${id} of a ${what} is above ${LARGEST_ID}; put together fewer readings, or ids that are counted from 0`,
  )
}
