import type { ZeroOutput } from './contract.ts'
import type { RowLog } from './row-log.ts'

/** The longest prompt, output or other count that a row may have. */
export const MOST = 2 ** 31 - 1

/** The latest time and longest span that a row may have, in s: above any clock's, so that what is later is no time. */
export const MOST_SECONDS = 1e11

/** What is wrong with a value, without and with the value itself. */
export interface Mistake {
  readonly kind: string
  readonly what: string
}

/** Undefined where the value is a whole number within the bounds. */
export function mistakeInCount(name: string, value: number, least: number): Mistake | undefined {
  if (Number.isInteger(value) && value >= least && value <= MOST) return undefined
  const bound = value > MOST && value < Number.POSITIVE_INFINITY ? `<= ${MOST}` : `>= ${least}`
  return mistake(name, String(value), `a whole number ${bound}`)
}

/** Undefined where the value is a number of seconds from 0 to `MOST_SECONDS`. */
export function mistakeInSeconds(name: string, value: number): Mistake | undefined {
  return value >= 0 && value <= MOST_SECONDS ? undefined : mistake(name, String(value), boundOfSeconds(value))
}

/** What seconds that are none must be. */
export function boundOfSeconds(value: number): string {
  return value > MOST_SECONDS ? `a number <= ${MOST_SECONDS}` : 'a number >= 0'
}

export function mistake(name: string, shown: string, must: string): Mistake {
  return { kind: `${name} is not ${must}`, what: `${name} is ${shown}; must be ${must}` }
}

/**
 * The output that a request gets whose trace says 0; undefined where the row is left out. One that has no input
 * either never ran, so it cannot be given one.
 *
 * @param name what the format calls its output tokens
 */
export function forZeroOutput(
  policy: ZeroOutput,
  inputTokens: number,
  place: string,
  log: RowLog,
  name = 'output tokens',
): 1 | undefined {
  if (policy === 'bad') {
    const { kind, what } = mistake(name, '0', 'a whole number >= 1')
    log.bad(place, kind, `${what}; --zero-output drop leaves such rows out, one gives them one token`)
  } else if (policy === 'drop' || inputTokens === 0) log.leftOut(place, 'no output tokens')
  else {
    log.remark(place, 'given one output token, having none')
    return 1
  }
  return undefined
}
