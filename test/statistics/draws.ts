import { exponential, normal, stream } from '../../src/core/random.ts'

/** So many experiments: fewer in CI than in the long form. */
export function experiments(short: number, long: number): number {
  return process.env.REGATTA_LONG === undefined ? short : long
}

/** Rows of independent draws, the same for the same name. */
export function normalRows(name: string, rows: number, length: number, mean = 0, deviation = 1): number[][] {
  const random = stream(1, name)
  const draw = () => mean + deviation * normal(random)
  return Array.from({ length: rows }, () => Array.from({ length }, draw))
}

export function exponentialRows(name: string, rows: number, length: number, mean: number): number[][] {
  const random = stream(1, name)
  return Array.from({ length: rows }, () => Array.from({ length }, () => exponential(random, mean)))
}

/** A series whose neighbours go together: the mean 0, and the share `memory` of every value kept in the next. */
export function autoregressive(name: string, length: number, memory: number, first: number): Float64Array {
  const random = stream(1, name)
  const series = new Float64Array(length)
  let value = first
  for (let i = 0; i < length; i++) {
    series[i] = value
    value = memory * value + normal(random)
  }
  return series
}

export function share<T>(of: readonly T[], holds: (it: T) => boolean): number {
  return of.filter(holds).length / of.length
}
