import { UserError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import type { Draw } from '../draws.ts'
import { gammaDraws } from '../draws.ts'

export const WINDOW_S = 600

/** How a client's requests come in one window. */
export interface RateWindow {
  readonly fromS: number
  readonly requests: number
  readonly pattern: 'Gamma' | 'Weibull'
  readonly shape: number
}

const PATTERNS: readonly string[] = ['Gamma', 'Weibull'] satisfies RateWindow['pattern'][]

/**
 * Reads `chunk-N-trace.csv`, which has no header: window start in s, rate per s, coefficient of variation, pattern,
 * shape, scale. Windows of rate 0 have no pattern and are passed over. A window has as many requests as its rate makes in
 * 600 s, rounded up. Throws a UserError with file, line, column, value and bound.
 */
export function rateWindows(name: string, text: string): RateWindow[] {
  const windows: RateWindow[] = []
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const window = line === '' ? undefined : windowOf(`${name}:${i + 1}`, line.split(','))
    if (window !== undefined) windows.push(window)
  }
  return windows.sort((a, b) => a.fromS - b.fromS)
}

function windowOf(place: string, fields: readonly string[]): RateWindow | undefined {
  if (fields.length !== 6) throw new UserError(`${place}: has ${fields.length} fields; must have 6`)
  const fromS = positiveOr0(place, 'window start', fields[0])
  const ratePerS = positiveOr0(place, 'rate', fields[1])
  if (ratePerS === 0) return undefined
  const [, , , pattern, shape] = fields
  if (!PATTERNS.includes(pattern)) {
    throw new UserError(`${place}: pattern is ${JSON.stringify(pattern)}; must be ${PATTERNS.join(' or ')}`)
  }
  if (!(Number(shape) > 0))
    throw new UserError(`${place}: shape is ${JSON.stringify(shape)}; must be above 0`)
  const requests = Math.ceil(ratePerS * WINDOW_S)
  return { fromS, requests, pattern: pattern as RateWindow['pattern'], shape: Number(shape) }
}

function positiveOr0(place: string, name: string, field: string): number {
  const value = field.trim() === '' ? Number.NaN : Number(field)
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return value
  throw new UserError(`${place}: ${name} is ${JSON.stringify(field)}; must be a number >= 0`)
}

/**
 * Times of a window's requests, rising: its gaps are drawn, scaled so that they sum to 600 s and added up from the
 * window's start. The last of them ends with the window and so is dropped, as in ServeGen's construct.py.
 */
export function timesIn({ fromS, requests, pattern, shape }: RateWindow, random: Random): Float64Array {
  const gap = pattern === 'Gamma' ? gammaDraws(random, 1, 1 / Math.sqrt(shape)) : weibullDraws(random, shape)
  const times = new Float64Array(requests)
  let sum = 0
  for (let i = 0; i < requests; i++) times[i] = sum += gap()
  const scale = sum > 0 ? WINDOW_S / sum : 0
  for (let i = 0; i < requests; i++) times[i] = fromS + times[i] * scale
  let within = requests
  while (within > 0 && !(times[within - 1] < fromS + WINDOW_S)) within--
  return times.subarray(0, within)
}

/** Of scale 1. */
function weibullDraws(random: Random, shape: number): Draw {
  return () => Math.exp(Math.log(-Math.log(1 - random())) / shape)
}
