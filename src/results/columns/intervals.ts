import type { Doubt, RunInterval } from '../run-interval.ts'
import type { Column } from './column.ts'

/** One figure of the run of one policy. */
export interface IntervalRow {
  readonly policy: string
  readonly interval: RunInterval
}

/** The columns of intervals.csv. */
export const intervalColumns: readonly Column<IntervalRow>[] = [
  { name: 'policy', about: 'Routing policy', value: ({ policy }) => policy },
  {
    name: 'metric',
    about: 'ttft_s, tpot_s, e2e_s, slo_attainment or goodput_rps, as in summary.csv',
    value: ({ interval }) => interval.metric,
  },
  {
    name: 'statistic',
    about: 'mean or p99 of the requests; share of them; rate over the window',
    value: ({ interval }) => interval.statistic,
  },
  {
    name: 'value',
    about: 'What the run found, quantiles exactly; in the unit that ends the metric',
    value: ({ interval }) => interval.value,
  },
  {
    name: 'low',
    about: 'Lower end of the interval, in the same unit; blank where the run does not tell',
    value: ({ interval }) => interval.low,
  },
  { name: 'high', about: 'Upper end of the same', value: ({ interval }) => interval.high },
  {
    name: 'confidence',
    about: 'Share of such intervals that hold what an endless run like this one would find',
    value: ({ interval }) => interval.confidence,
  },
  {
    name: 'batches',
    about: 'Batches that it rests on: of requests in order of arrival, or of equal time for a rate',
    value: ({ interval }) => interval.batches,
  },
  {
    name: 'requests',
    about: 'Requests that arrived in the window and have one',
    value: ({ interval }) => interval.requests,
  },
  {
    name: 'note',
    about: 'Why the run does not tell, and what would; blank where it does',
    value: ({ interval: { doubt } }) => (doubt === undefined ? '' : noteOf(doubt)),
  },
]

function noteOf(doubt: Doubt): string {
  switch (doubt.why) {
    case 'short':
      return `too short: at least ${doubt.moreRequests} requests more would tell`
    case 'unsettled':
      return `not settled before ${doubt.untilS} s: warmup_s must be as long`
    case 'saturated':
      return 'saturated: it grows with the length of the workload'
    case 'undefined':
      return 'no request has one'
  }
}
