import { correlation } from './correlation.ts'

const HOUR_S = 3600
const DAY_HOURS = 24
/** Fifteen years. A trace that claims more has no daily shape worth its memory. */
const MOST_HOURS = 1 << 17

/** An hour is whole if the trace covers all of it but a hundredth. */
const NEARLY = 0.01

/** How the rate moves over hours and days, counted from the first arrival; whole hours only. */
export interface HourlyShape {
  /** Requests in each hour. */
  readonly counts: readonly number[]
  /** Standard deviation over mean of the hourly counts. */
  readonly cv: number
  readonly peakOverMean: number
  /** NaN where an hour is empty. */
  readonly peakOverTrough: number
  /** Correlation of each hour's count with that of a day later; NaN below two days. */
  readonly dailyAutocorrelation: number
  /** Correlation of an hour's requests with its tokens. */
  readonly tokenCorrelation: number
  /** Mean rate in the h-th hour of a day over the mean rate. */
  readonly hourOfDay: readonly number[]
  /** Mean rate in the d-th whole day over the mean rate. */
  readonly days: readonly number[]
  /** Mean rate in the d-th day of a week over the mean rate; empty below a week. */
  readonly dayOfWeek: readonly number[]
}

/** Counts the requests and tokens of each hour. */
export class Hours {
  #requests = new Float64Array(32)
  #tokens = new Float64Array(32)
  #lastS = 0

  add(timeS: number, tokens: number): void {
    const hour = Math.floor(timeS / HOUR_S)
    this.#lastS = timeS
    if (hour >= MOST_HOURS) return
    if (hour >= this.#requests.length) this.#growTo(hour + 1)
    this.#requests[hour]++
    this.#tokens[hour] += tokens
  }

  /** Undefined for traces of less than a day or more than 15 years. */
  shape(): HourlyShape | undefined {
    const hours = Math.floor(this.#lastS / HOUR_S + NEARLY)
    if (hours < DAY_HOURS || hours >= MOST_HOURS) return undefined
    const counts = Array.from(this.#requests.subarray(0, hours))
    const centre = meanOf(counts)
    const most = Math.max(...counts)
    const least = Math.min(...counts)
    const days = daysOf(counts).map(day => day / centre)
    return {
      counts,
      cv: Math.sqrt(meanOf(counts.map(count => (count - centre) * (count - centre)))) / centre,
      peakOverMean: most / centre,
      peakOverTrough: least > 0 ? most / least : Number.NaN,
      dailyAutocorrelation: autocorrelation(counts, DAY_HOURS),
      tokenCorrelation: correlation(counts, Array.from(this.#tokens.subarray(0, hours))),
      hourOfDay: folded(counts, DAY_HOURS).map(count => count / centre),
      days,
      dayOfWeek: days.length < 7 ? [] : folded(days, 7),
    }
  }

  #growTo(hours: number): void {
    this.#requests = grown(this.#requests, hours)
    this.#tokens = grown(this.#tokens, hours)
  }
}

function grown(values: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const more = new Float64Array(Math.max(2 * values.length, length))
  more.set(values)
  return more
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Mean count per hour of each whole day. */
function daysOf(counts: readonly number[]): number[] {
  return Array.from({ length: Math.floor(counts.length / DAY_HOURS) }, (_, day) =>
    meanOf(counts.slice(day * DAY_HOURS, (day + 1) * DAY_HOURS)),
  )
}

/** Mean of the values at each place of a period. */
function folded(values: readonly number[], period: number): number[] {
  return Array.from({ length: period }, (_, place) => meanOf(values.filter((_, i) => i % period === place)))
}

/** Covariance with the values `lag` later over the variance of all, both around the mean of all. */
function autocorrelation(values: readonly number[], lag: number): number {
  if (values.length < 2 * lag) return Number.NaN
  const centre = meanOf(values)
  const sum = (of: (value: number, i: number) => number) => values.map(of).reduce((a, b) => a + b, 0)
  const later = sum((value, i) => (i < lag ? 0 : (value - centre) * (values[i - lag] - centre)))
  return later / sum(value => (value - centre) * (value - centre))
}
