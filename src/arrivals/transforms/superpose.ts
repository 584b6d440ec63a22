import { UserError } from '../../core/errors.ts'
import { stream } from '../../core/random.ts'
import { positive, within } from '../bounds.ts'
import type { ArrivalSource } from '../contract.ts'
import type { Chance, Open } from './contract.ts'
import { rebased } from './keep.ts'
import { merged } from './merge.ts'
import { delayed, rotated } from './shift.ts'

const MOST_COPIES = 1024

/** How the copies are made different: by one of the two. */
export interface SuperposeSpec {
  /** From 2 to 1024. */
  readonly copies: number
  /** Every copy but the first begins up to that much later. */
  readonly shiftS?: number | undefined
  /** Every copy but the first is moved around within the period; see `shifted`. */
  readonly periodS?: number | undefined
}

/**
 * The workload several times over: the first copy as it is, every other one begun up to `shiftS` seconds later, or with
 * its times moved around within `periodS`, by a seeded draw of its own. Sessions and prefix blocks of different copies
 * stay apart; think times and deadlines stay. Opens the workload once for each copy, and once more where there is a period. Throws
 * a UserError unless there are 2 to 1024 copies, or where the shift is not above 0; see `shifted` for the period.
 */
export function superposed(open: Open, spec: SuperposeSpec, { seed, name }: Chance): ArrivalSource {
  const { copies, shiftS, periodS } = spec
  within('copies', copies, 2, MOST_COPIES)
  if ((shiftS === undefined) === (periodS === undefined)) {
    throw new UserError('superpose must have one of shift_s and period_s')
  }
  const widthS = shiftS === undefined ? positive('period_s', periodS!) : positive('shift_s', shiftS)
  const random = stream(seed, `${name}/shifts`)
  const others = Array.from({ length: copies - 1 }, () => {
    const byS = widthS * random()
    return shiftS === undefined ? rotated(open, byS, widthS) : delayed(open(), byS)
  })
  return rebased(merged([open(), ...others]))
}
