import type { ArrivalBlock, ArrivalSource } from '../contract.ts'
import { mapped, passedOn } from '../mapped.ts'

/**
 * The rows of a source for which `keep` holds. It is asked once of each row, in order, and may change the row.
 *
 * @param isOver asked before reading on: whether no row is wanted any more
 */
export function kept(
  source: ArrivalSource,
  keep: (block: ArrivalBlock, row: number) => boolean,
  isOver: () => boolean = () => false,
): ArrivalSource {
  return {
    ...passedOn(source),
    async fill(block) {
      do {
        block.length = 0
        if (isOver()) return
        await source.fill(block)
        if (block.length === 0) return
        sift(block, keep)
      } while (block.length === 0)
    },
  }
}

/** The same rows, the first of them at 0 s. */
export function rebased(source: ArrivalSource): ArrivalSource {
  let originS = Number.NaN
  return mapped(source, block => {
    if (Number.isNaN(originS) && block.length > 0) originS = block.arrivalS[0]
    for (let row = 0; row < block.length; row++) block.arrivalS[row] -= originS
  })
}

function sift(block: ArrivalBlock, keep: (block: ArrivalBlock, row: number) => boolean): void {
  const rows = block.length
  block.length = 0
  for (let row = 0; row < rows; row++) {
    if (!keep(block, row)) continue
    if (block.length === row) block.length++
    else block.take(block, row, block.classId[row])
  }
}
