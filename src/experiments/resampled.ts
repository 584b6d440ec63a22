import type { ArrivalSource } from '../arrivals/contract.ts'
import { type Cuttable, fromPieces, type Piece } from '../arrivals/pieces.ts'
import { UserError } from '../core/errors.ts'
import { stream } from '../core/random.ts'
import { blockStarts } from '../statistics/block-bootstrap.ts'

/** Blocks to a workload where their length is left open. */
export const USUAL_BLOCKS = 20

/**
 * A workload of the same kind: blocks of its time, drawn with replacement and put one behind the other (the circular
 * block bootstrap). A session goes whole where it begins. Throws a UserError at a block longer than the workload.
 *
 * @param blockS seconds of a block, at the workload's own rate; a twentieth of the workload where absent
 * @param seed of the draw
 */
export function bootstrapOf(
  cuttable: Cuttable,
  blockS: number | undefined,
  seed: string | number,
): ArrivalSource {
  const periodS = checkBlock(cuttable, blockS)
  const lengthS = blockS ?? periodS / USUAL_BLOCKS
  const starts = blockStarts(periodS, lengthS, stream(seed, 'arrivals/blocks'))
  const pieces = Array.from(starts, (startS, i) => blockPieces(startS, i * lengthS, lengthS, periodS))
  return fromPieces(cuttable, pieces.flat())
}

/** Seconds of the workload. Throws a UserError where blocks of that length cannot be drawn from it. */
export function checkBlock(cuttable: Cuttable, blockS = 0): number {
  const periodS = periodOf(cuttable)
  if (blockS <= periodS) return periodS
  throw new UserError(
    `block_s is ${blockS}; must be <= ${Number(periodS.toPrecision(6))}, the seconds of the workload at its own rate, ` +
      'before it is given a load',
  )
}

/** One of so many equal slices of its time. A session goes whole where it begins. Throws a UserError at one without requests. */
export function sliceOf(cuttable: Cuttable, slice: number, count: number): ArrivalSource {
  const periodS = periodOf(cuttable)
  const piece = {
    fromS: (slice / count) * periodS,
    toS: ((slice + 1) / count) * periodS,
    laterS: -(slice / count) * periodS,
  }
  if (cuttable.rowsIn(piece).length > 0) return fromPieces(cuttable, [piece])
  throw new UserError(`slice ${slice + 1} of ${count} has no requests; take fewer slices`)
}

/** A mean gap after the last arrival the first comes again. Throws a UserError where all are at one instant. */
function periodOf({ whole: { arrivalS, length } }: Cuttable): number {
  const spanS = arrivalS[length - 1]
  if (spanS > 0) return (spanS * length) / (length - 1)
  throw new UserError(
    `the workload has ${length} requests, all at one instant; must have two to be resampled`,
  )
}

/** What the block covers: to the end of the workload, and on from its beginning. The last block ends with the period. */
function blockPieces(startS: number, atS: number, blockS: number, periodS: number): Piece[] {
  const endS = startS + Math.min(blockS, periodS - atS)
  const piece = { fromS: startS, toS: Math.min(endS, periodS), laterS: atS - startS }
  if (endS <= periodS) return [piece]
  return [piece, { fromS: 0, toS: endS - periodS, laterS: piece.laterS + periodS }]
}
