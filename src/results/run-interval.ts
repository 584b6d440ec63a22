/** Why a run gives no interval of a figure. */
export type Doubt =
  /** So many requests more would tell, at least. */
  | { readonly why: 'short'; readonly moreRequests: number }
  /** Seconds from the first arrival that are warm-up. */
  | { readonly why: 'unsettled'; readonly untilS: number }
  | { readonly why: 'saturated' }
  /** No request has it, such as a TPOT where all outputs are one token. */
  | { readonly why: 'undefined' }

/** How sure one figure of one run is, by the requests that arrived after its warm-up. */
export interface RunInterval {
  readonly metric: 'ttft_s' | 'tpot_s' | 'e2e_s' | 'slo_attainment' | 'goodput_rps'
  readonly statistic: 'mean' | 'p99' | 'share' | 'rate'
  readonly value: number
  /** Both NaN where there is a doubt. */
  readonly low: number
  readonly high: number
  /** Share of such intervals that hold the truth, such as 0.95. */
  readonly confidence: number
  readonly batches: number
  /** Requests that have it. */
  readonly requests: number
  readonly doubt?: Doubt
}
