import type { Figures } from './figures.ts'
import type { RunResult } from './run-result.ts'

/** A run as it is measured. */
export interface MeasuredRun {
  readonly figures: Figures
  readonly result: RunResult
}

/** What is told of runs at a load: the mean of a figure, or one amount of all runs over another. */
export interface LoadMeasure {
  readonly about: string
  readonly amount: (run: MeasuredRun) => number
  readonly per?: (run: MeasuredRun) => number
}

const MTOK = 1e6
const outputMtok = ({ result }: MeasuredRun) => result.outputTokens / MTOK

/** By the names that CSV files give them. */
export const loadMeasures = {
  slo_attainment: {
    about: 'Share of the requests that met the SLO',
    amount: ({ figures }) => figures.attainment,
  },
  ttft_p50_s: { about: 'Median time to first token', amount: ({ result }) => result.ttft.p50 },
  ttft_p99_s: {
    about: '99th percentile of the time to first token',
    amount: ({ result }) => result.ttft.p99,
  },
  tpot_p50_s: { about: 'Median time per further token', amount: ({ result }) => result.tpot.p50 },
  tpot_p99_s: {
    about: '99th percentile of the time per further token',
    amount: ({ result }) => result.tpot.p99,
  },
  e2e_p99_s: { about: '99th percentile of the time to last token', amount: ({ result }) => result.e2e.p99 },
  output_tokens_per_s: {
    about: 'Output tokens a second of the window',
    amount: ({ figures }) => figures.outputTokensPerS,
  },
  usd_per_mtok: {
    about: 'Dollars, busy and idle, per million output tokens',
    amount: ({ figures }) => figures.usd.total,
    per: outputMtok,
  },
  j_per_mtok: {
    about: 'Joules at the facility, busy and idle, per million output tokens',
    amount: ({ figures }) => figures.joules.total,
    per: outputMtok,
  },
  g_per_mtok: {
    about: 'Grams of CO2, busy and idle, per million output tokens',
    amount: ({ figures }) => figures.grams.total,
    per: outputMtok,
  },
} as const satisfies Record<string, LoadMeasure>

export type LoadMeasureName = keyof typeof loadMeasures
export const LOAD_MEASURES = Object.keys(loadMeasures) as LoadMeasureName[]

/** An estimate over replications, and how far to either side its interval goes; both NaN where not defined. */
export interface Estimate {
  readonly estimate: number
  readonly halfWidth: number
}

export type LoadEstimates = Readonly<Record<LoadMeasureName, Estimate>>

/** What replications found at one rate of arrivals. */
export interface LoadPoint {
  readonly ratePerS: number
  /** The rate over that at which the fleet saturates. */
  readonly load: number
  readonly replications: number
  /** Runs whose queue was still growing in the end. */
  readonly saturated: number
  readonly estimates: LoadEstimates
}
