import { positive } from '../bounds.ts'
import type { ArrivalBlock, ArrivalSource } from '../contract.ts'
import { mapped } from '../mapped.ts'

export interface StretchSpec {
  /** Above 1 is slower. */
  readonly factor: number
  /** Whether the pauses of sessions are stretched too; by default they stay. */
  readonly thinkTimes?: boolean | undefined
}

/**
 * The same requests with every arrival time multiplied: a day in an hour at 1/24. Deadlines stay, and so do think times
 * unless asked for. Throws a UserError unless the factor is a number above 0.
 */
export function stretched(source: ArrivalSource, { factor, thinkTimes }: StretchSpec): ArrivalSource {
  positive('factor', factor)
  return mapped(source, block => {
    for (let row = 0; row < block.length; row++) block.arrivalS[row] *= factor
    if (thinkTimes) stretchPauses(block, factor)
  })
}

function stretchPauses({ details, length }: ArrivalBlock, factor: number): void {
  if (details === undefined) return
  for (let row = 0; row < length; row++) details.thinkS[row] *= factor
}
