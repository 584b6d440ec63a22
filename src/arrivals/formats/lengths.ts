import type { ZeroOutput } from './contract.ts'
import type { RowLog } from './row-log.ts'

/** The longest prompt, output or other count that a row may have. */
export const MOST = 2 ** 31 - 1

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

/** Undefined where the value is a finite number of seconds from 0. */
export function mistakeInSeconds(name: string, value: number): Mistake | undefined {
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return undefined
  return mistake(name, String(value), 'a number >= 0')
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
