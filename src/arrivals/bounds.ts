import { UserError } from '../core/errors.ts'

/** The value, or a UserError that names it and the bounds it must lie in. */
export function within(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value
  throw new UserError(`${name} is ${value}; must be from ${least} to ${most}`)
}

/** The value if it is finite and at least `least`. */
export function atLeast(name: string, value: number, least: number): number {
  if (value >= least && value < Number.POSITIVE_INFINITY) return value
  throw new UserError(`${name} is ${value}; must be a number >= ${least}`)
}

/** The value if it is finite and above 0. */
export function positive(name: string, value: number): number {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value
  throw new UserError(`${name} is ${value}; must be a number above 0`)
}
