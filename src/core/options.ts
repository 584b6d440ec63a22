import { UserError } from './errors.ts'
import { suggestion } from './nearest.ts'

/** What an option of a policy or an order is worth by default and may be. */
export interface OptionSpec {
  readonly about: string
  /** Absent where its owner finds a value of its own for an option that is not given. */
  readonly default?: number
  readonly min?: number
  readonly max?: number
  /** Whether only whole numbers will do. */
  readonly whole?: boolean
  readonly unit?: string
}

export interface OptionSpecs {
  readonly [option: string]: OptionSpec
}

/**
 * The options with defaults filled in. Throws a UserError at the first that the owner does not
 * have or whose value is out of bounds.
 *
 * @param owner name for the messages
 */
export function resolveOptions(
  owner: string,
  specs: OptionSpecs,
  given: Readonly<Record<string, number>>,
): Record<string, number> {
  const resolved: Record<string, number> = {}
  for (const [option, spec] of Object.entries(specs)) {
    if (spec.default !== undefined) resolved[option] = spec.default
  }
  for (const [option, value] of Object.entries(given)) {
    if (!Object.hasOwn(specs, option)) {
      throw new UserError(`${owner} has no option '${option}'; ${suggestion(option, Object.keys(specs))}`)
    }
    check(owner, option, value, specs[option])
    resolved[option] = value
  }
  return resolved
}

function check(owner: string, option: string, value: number, spec: OptionSpec): void {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, whole = false, unit } = spec
  if (Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value))) return
  const bounds = [
    whole ? 'a whole number' : 'a finite number',
    ...(min > Number.NEGATIVE_INFINITY ? [`>= ${min}`] : []),
    ...(max < Number.POSITIVE_INFINITY ? [`<= ${max}`] : []),
    ...(unit === undefined ? [] : [`(${unit})`]),
  ]
  throw new UserError(`${owner}: option '${option}' is ${value}; it must be ${bounds.join(' ')}`)
}
