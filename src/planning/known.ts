import { UserError } from '../core/errors.ts'
import type { Course } from '../fleet/course.ts'
import { Exponential } from '../latency/exponential.ts'

/** Throws a UserError that names what of the course a bound cannot be given for. */
export function checkKnown({ closedLoop, kinds }: Course): void {
  if (closedLoop !== undefined) {
    throw new UserError(
      'bound: the workload is a closed loop, whose requests come as others end; must be a trace or generated',
    )
  }
  const drawn = kinds.find(({ latency }) => latency instanceof Exponential)
  if (drawn !== undefined) {
    throw new UserError(
      `bound: steps of ${drawn.name} take times that are drawn; must follow from what they carry`,
    )
  }
}
