import type { RequestTable } from '../requests/table.ts'
import type { IntervalRow } from '../results/columns/intervals.ts'
import type { Doubt, RunInterval } from '../results/run-interval.ts'
import { mean } from '../statistics/moments.ts'
import { warmUpOf } from '../statistics/warm-up.ts'
import { FEWEST_VALUES, type RunFigure, runMean, runQuantile, runShare } from './long-run-figures.ts'
import { LongRunRecord, type LongRunSeries, type RecordedCourse } from './long-run-record.ts'
import type { Entrant, Standing } from './race.ts'

const CONFIDENCE = 0.95
const P99 = 0.99

/**
 * How sure the figures of single runs are, one run of a course a policy: by batch means over the requests that arrived
 * after the warm-up, in order of arrival. Holds 48 bytes for every request of the run that is on.
 */
export class LongRuns {
  readonly #course: RecordedCourse
  readonly #found = new Map<string, readonly RunInterval[]>()
  #running: { readonly label: string; readonly record: LongRunRecord } | undefined

  constructor(course: RecordedCourse) {
    this.#course = course
  }

  /** The hook of `race`: the run of the entrant begins, and the one before is over. */
  readonly onEnd = ({ label }: Entrant): ((request: number, requests: RequestTable) => void) => {
    this.#conclude()
    const record = new LongRunRecord(this.#course)
    this.#running = { label, record }
    return (request, requests) => record.ended(request, requests)
  }

  /** Of every figure under every policy, once all runs are over. */
  intervals(standings: readonly Standing[]): IntervalRow[] {
    this.#conclude()
    return standings.flatMap(({ entrant: { label }, result: { isSaturated } }) =>
      this.#found.get(label)!.map(interval => ({
        policy: label,
        interval: isSaturated ? doubted(interval, { why: 'saturated' }) : interval,
      })),
    )
  }

  #conclude(): void {
    if (this.#running === undefined) return
    const { label, record } = this.#running
    this.#found.set(label, intervalsOf(record.series(), this.#course.warmupS))
    this.#running = undefined
  }
}

/** A figure, and the requests that have it. */
interface Named extends Pick<RunInterval, 'metric' | 'statistic' | 'requests'> {
  readonly figure: RunFigure
}

/** @param fromS seconds from the first arrival at which the window opens */
function intervalsOf(series: LongRunSeries, fromS: number): RunInterval[] {
  const arrived = series.met.length
  const settling = settlingOf(series)
  return figuresOf(series, fromS).map(({ figure: { interval, longer }, ...named }) => {
    const { estimate: value, low, high, n: batches, confidence } = interval
    const found: RunInterval = { ...named, value, low, high, confidence, batches }
    if (named.requests === 0) return doubted(found, { why: 'undefined' })
    if (settling.untilS !== undefined) return doubted(found, { why: 'unsettled', untilS: settling.untilS })
    const times = Math.max(longer, settling.longer, FEWEST_VALUES / named.requests)
    return times > 1 ? doubted(found, { why: 'short', moreRequests: upward((times - 1) * arrived) }) : found
  })
}

function figuresOf(series: LongRunSeries, fromS: number): Named[] {
  const [ttftS, tpotS, e2eS] = [series.ttftS, series.tpotS, series.e2eS].map(known)
  const requests = series.met.length
  const { longer } = runMean(e2eS, CONFIDENCE)
  const share = runShare(series.met, CONFIDENCE)
  const good = runMean(goodRates(series, fromS), CONFIDENCE)
  return [
    ...latency('ttft_s', ttftS),
    ...latency('tpot_s', tpotS),
    ...latency('e2e_s', e2eS),
    { metric: 'slo_attainment', statistic: 'share', requests, figure: asLong(share, longer) },
    { metric: 'goodput_rps', statistic: 'rate', requests, figure: asLong(good, longer) },
  ]
}

function latency(metric: Named['metric'], values: Float64Array): Named[] {
  const requests = values.length
  return [
    { metric, statistic: 'mean', requests, figure: runMean(values, CONFIDENCE) },
    { metric, statistic: 'p99', requests, figure: runQuantile(values, P99, CONFIDENCE) },
  ]
}

/** Flags that are all alike do not show the memory of the run, as times from arrival to end do. */
function asLong(figure: RunFigure, longer: number): RunFigure {
  return { ...figure, longer: Math.max(figure.longer, longer) }
}

function known(values: Float64Array): Float64Array {
  return values.filter(value => !Number.isNaN(value))
}

/** Requests a second that met the SLO, by when they arrived, in slices of the window of equal time. */
function goodRates({ arrivalS, met }: LongRunSeries, fromS: number): Float64Array {
  const sliceS = (arrivalS[arrivalS.length - 1] - fromS) / FEWEST_VALUES
  const rates = new Float64Array(FEWEST_VALUES)
  for (let request = 0; request < met.length; request++) {
    const slice = Math.floor((arrivalS[request] - fromS) / sliceS)
    rates[Math.min(slice, FEWEST_VALUES - 1)] += met[request] / sliceS
  }
  return rates
}

/** What MSER-5 says of the beginning of the window, on times from arrival to end, in order of arrival. */
interface Settling {
  /** Seconds from the first arrival; present where what comes before shifts the mean out of the interval of the rest. */
  readonly untilS?: number
  /** How many times as long the run must be, at least, to tell; 1 where it is long enough. */
  readonly longer: number
}

function settlingOf({ arrivalS, e2eS }: LongRunSeries): Settling {
  const served = known(e2eS)
  const cut = warmUpOf(served)
  if (cut === undefined) return { longer: 2 }
  const { interval, longer } = runMean(served.subarray(cut), CONFIDENCE)
  const whole = mean(served)
  if (interval.low <= whole && whole <= interval.high) return { longer: 1 }
  if (longer > 1) return { longer }
  const servedArrivalS = arrivalS.filter((_, request) => !Number.isNaN(e2eS[request]))
  return { untilS: Math.ceil(1000 * servedArrivalS[cut]) / 1000, longer: 1 }
}

function doubted(interval: RunInterval, doubt: Doubt): RunInterval {
  return { ...interval, low: Number.NaN, high: Number.NaN, doubt }
}

/** To two digits, upward. */
function upward(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1)
  return Math.ceil(count / unit) * unit
}
