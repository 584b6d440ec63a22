/** Numbers and times with their units, as tables and sentences show them. */
import { short } from './print.ts'

/** A count with its thousands apart. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** A number that is whole as a rule: all its digits if it is, else three significant ones. */
export function whole(value: number): string {
  return Number.isInteger(value) ? String(value) : short(value)
}

const UNITS: readonly (readonly [fromS: number, unit: string, unitS: number])[] = [
  [2 * 86_400, 'd', 86_400],
  [2 * 3600, 'h', 3600],
  [120, 'min', 60],
  [1, 's', 1],
  [1e-3, 'ms', 1e-3],
  [0, 'µs', 1e-6],
]

/** A time in the unit that suits it, three significant digits. */
export function seconds(valueS: number): string {
  if (!Number.isFinite(valueS)) return '-'
  if (valueS === 0) return '0 s'
  const [, unit, unitS] = UNITS.find(([fromS]) => Math.abs(valueS) >= fromS)!
  return `${short(valueS / unitS)} ${unit}`
}

const BARS = ' ▁▂▃▄▅▆▇█'

/** A bar for each value, of eighths of the highest; what is above 0 shows. */
export function sparkline(values: readonly number[]): string {
  const highest = Math.max(...values, 0)
  return values.map(value => BARS[highest === 0 ? 0 : Math.ceil((8 * value) / highest)] ?? ' ').join('')
}
