import { UserError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import { Lines } from '../bytes.ts'
import type { Draw } from '../draws.ts'
import { gammaDraws } from '../draws.ts'
import type { TraceFile } from './contract.ts'
import { boundOfSeconds, MOST_SECONDS } from './lengths.ts'
import { type RowLog, unlessBad } from './row-log.ts'

export const WINDOW_S = 600

/** How a client's requests come in one window. */
export interface RateWindow {
  /** Its line. */
  readonly place: string
  readonly fromS: number
  readonly requests: number
  readonly pattern: 'Gamma' | 'Weibull'
  readonly shape: number
}

const PATTERNS: readonly string[] = ['Gamma', 'Weibull'] satisfies RateWindow['pattern'][]

/**
 * Reads `chunk-N-trace.csv`, which has no header: window start in s, rate per s, coefficient of variation, pattern,
 * shape, scale. Windows of rate 0 have no pattern and are passed over. A window has as many requests as its rate makes in
 * 600 s, rounded up. What is not of this form is a bad row.
 */
export async function rateWindows(file: TraceFile, log: RowLog): Promise<RateWindow[]> {
  const bytes = file.open()
  const lines = new Lines(bytes, { onBad: (place, what) => log.bad(place, what) })
  const windows: RateWindow[] = []
  try {
    while (await lines.more()) {
      while (lines.at < lines.end) {
        const fields = new TextDecoder().decode(lines.take())
        const window = fields === '' ? undefined : goodWindow(`${bytes.name}:${lines.number}`, fields, log)
        if (window !== undefined) windows.push(window)
      }
    }
  } finally {
    bytes.close()
  }
  return windows
}

function goodWindow(place: string, line: string, log: RowLog): RateWindow | undefined {
  return unlessBad(log, place, 'a window of rates cannot be used', () => windowOf(place, line.split(',')))
}

/**
 * The windows by their starts. Windows of all clients are drawn one after another, so they must be on one grid of 600 s:
 * one that is not, or begins where another of its client does, is a bad row.
 *
 * @param gridS start of any window that is on the grid
 */
export function onGrid(
  windows: readonly RateWindow[],
  gridS: number,
  log: RowLog,
): ReadonlyMap<number, RateWindow> {
  const starts = new Map<number, RateWindow>()
  for (const window of windows) {
    const { place, fromS } = window
    const other = starts.get(fromS)
    const starting = `window start is ${fromS}`
    if ((fromS - gridS) % WINDOW_S !== 0) {
      const must = `must be a whole number of windows of ${WINDOW_S} s from the first, which starts at ${gridS}`
      log.bad(place, `a window is not on the grid of ${WINDOW_S} s`, `${starting}; ${must}`)
    } else if (other !== undefined) {
      log.bad(place, 'a window starts where an earlier one does', `${starting}, as at ${other.place}`)
    } else starts.set(fromS, window)
  }
  return starts
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
  return { place, fromS, requests, pattern: pattern as RateWindow['pattern'], shape: Number(shape) }
}

function positiveOr0(place: string, name: string, field: string): number {
  const value = field.trim() === '' ? Number.NaN : Number(field)
  if (value >= 0 && value <= MOST_SECONDS) return value
  throw new UserError(`${place}: ${name} is ${JSON.stringify(field)}; must be ${boundOfSeconds(value)}`)
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
