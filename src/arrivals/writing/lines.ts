import type { ArrivalBlock } from '../contract.ts'
import type { Losses, RowsText, TraceNames } from './contract.ts'

/** Rows that are written one by one. */
export function lines(
  head: string,
  line: (block: ArrivalBlock, row: number, names: TraceNames) => string,
): RowsText {
  return {
    head,
    rows(block, names) {
      let text = ''
      for (let row = 0; row < block.length; row++) text += `${line(block, row, names)}\n`
      return text
    },
  }
}

/** Seconds in whole parts of a second, rounded; those that are not whole are a loss. */
export function wholeParts(seconds: number, perS: number, finerThan: string, losses: Losses): number {
  const parts = Math.round(seconds * perS)
  if (parts / perS !== seconds) losses.add(`a time finer than ${finerThan}, which is rounded`)
  return parts
}
