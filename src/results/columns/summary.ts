import type { GatewayResult } from '../../gateway/account.ts'
import type { Fairness } from '../fairness.ts'
import { type BusyIdle, type Figures, perGoodMtok, perMtok } from '../figures.ts'
import type { RunResult } from '../run-result.ts'
import type { Spread } from '../stats.ts'
import type { Column } from './column.ts'

/** One policy's run. */
export interface SummaryRow {
  readonly policy: string
  readonly result: RunResult
  readonly figures: Figures
}

type SummaryColumn = Column<SummaryRow>

const counts: SummaryColumn[] = [
  { name: 'policy', about: 'Routing policy', value: ({ policy }) => policy },
  {
    name: 'requests',
    about: 'Requests that arrived in the whole run',
    value: ({ result }) => result.requests,
  },
  { name: 'finished', about: 'Of them, finished', value: ({ result }) => result.finished },
  {
    name: 'rejected',
    about: "Of them, rejected: prompts as long as the replica's max_model_len, or longer",
    value: ({ result }) => result.rejected,
  },
  {
    name: 'refused',
    about: 'Of them, refused by the gateway or the policy, as by a composition whose filters left no replica',
    value: ({ result }) => result.refused,
  },
  {
    name: 'expired',
    about: 'Of them, expired in the queue of the gateway',
    value: ({ result }) => result.expired,
  },
  {
    name: 'timed_out',
    about: 'Of them, given up by their clients for good',
    value: ({ result }) => result.timedOut,
  },
  ...attempts(),
  {
    name: 'cut_by_length',
    about: 'Finished requests whose output ended at max_model_len',
    value: ({ result }) => result.cutByLength,
  },
  {
    name: 'preemptions',
    about:
      'Times that a running request lost its KV cache and had to be computed or fetched again, whole run',
    value: ({ result }) => result.preemptions,
  },
  {
    name: 'swaps',
    about: "Of them, those whose KV cache was kept in the host's memory, whole run",
    value: ({ result }) => result.swaps,
  },
  {
    name: 'saturated',
    about:
      'yes: the queue was still growing over the last half of the window; if it goes on, latencies depend on how long the workload lasts',
    value: ({ result }) => result.isSaturated,
  },
  { name: 'warmup_s', about: 'Where the window begins', value: ({ result }) => result.warmupS },
  {
    name: 'window_s',
    about:
      'Length of the window, from warm-up to the last arrival: rates, energy, cost and carbon count in it',
    value: ({ result }) => result.windowS,
  },
  { name: 'drain_s', about: 'From the last arrival to the last end', value: ({ figures }) => figures.drainS },
  {
    name: 'arrived_in_window',
    about: 'Requests that arrived in the window: latencies are theirs, and those after the window count too',
    value: ({ result }) => result.arrivedInWindow,
  },
  {
    name: 'throughput_rps',
    about: 'Requests a second that finished in the window',
    value: ({ figures }) => figures.throughputRps,
  },
  {
    name: 'output_tokens_per_s',
    about: 'Output tokens a second in the window',
    value: ({ figures }) => figures.outputTokensPerS,
  },
  {
    name: 'prompt_tokens_per_s',
    about: 'Prompt tokens a second computed in the window',
    value: ({ figures }) => figures.promptTokensPerS,
  },
  {
    name: 'prefix_hit_share',
    about: 'Share of the prompt tokens of the requests that arrived in the window that prefix caches held',
    value: ({ figures }) => figures.prefixHitShare,
  },
  {
    name: 'transfer_mean_s',
    about: 'Mean time that the KV of the same took from replica to replica; blank where none is sent',
    value: ({ result }) => result.transfers?.meanS ?? Number.NaN,
  },
  {
    name: 'transfer_contention',
    about: 'That over what each would have taken with its links to itself; mean',
    value: ({ result }) => result.transfers?.meanContention ?? Number.NaN,
  },
]

const latencies: SummaryColumn[] = [
  ...spread('ttft', 'Time to first token: from arrival to the first output token', ({ ttft }) => ttft),
  ...spread(
    'ttft_from_admission',
    'From admission to the batch to the first output token',
    ({ ttftFromAdmission }) => ttftFromAdmission,
  ),
  ...spread(
    'tpot',
    'Time per output token after the first, one value a request of two tokens or more',
    ({ tpot }) => tpot,
  ),
  ...spread('itl', 'Inter-token latency: every gap between two tokens of a request', ({ itl }) => itl),
  ...spread('e2e', 'End to end: from arrival to the last output token', ({ e2e }) => e2e),
]

const service: SummaryColumn[] = [
  {
    name: 'slo_attainment',
    about: 'Share of the requests that arrived in the window and met every part of their SLO',
    value: ({ figures }) => figures.attainment,
  },
  {
    name: 'goodput_rps',
    about: 'Requests that arrived in the window and met the SLO, over its seconds',
    value: ({ figures }) => figures.goodputRps,
  },
  {
    name: 'goodput_tokens_per_s',
    about: 'Output tokens of the requests that arrived in the window and met the SLO, over its seconds',
    value: ({ figures }) => figures.goodputTokensPerS,
  },
  ...fairness('tenant', 'tenants', ({ tenantFairness }) => tenantFairness),
  ...fairness('class', 'classes', ({ classFairness }) => classFairness),
  {
    name: 'load',
    about: 'Output tokens a second over what the same fleet serves of this workload when saturated',
    value: ({ figures }) => figures.load,
  },
  {
    name: 'busy_fraction',
    about:
      'Share of the time that replicas have their devices in which they run steps; a batch of one request is busy too',
    value: ({ figures }) => figures.busyFraction,
  },
]

const meters: SummaryColumn[] = [
  ...meter('energy', 'j', 'Energy at the facility, in joules', ({ joules }) => joules),
  ...meter('cost', 'usd', 'Cost of the fleet', ({ usd }) => usd),
  ...meter('co2', 'g', 'CO2 of the energy, in grams', ({ grams }) => grams),
  {
    name: 'cost_usd_per_h',
    about: 'Cost of an hour of the fleet; blank where a node has no price',
    value: ({ figures }) => figures.usdPerHour,
  },
  {
    name: 'energy_outside_window_busy_j',
    about: 'Energy of replicas running steps in warm-up and drain, in no other column',
    value: ({ figures }) => figures.busyJOutsideWindow,
  },
  ...losses(),
]

/** The columns of summary.csv. */
export const summaryColumns: readonly SummaryColumn[] = [...counts, ...latencies, ...service, ...meters]

/** A run at an end of the ranges of the catalogue's estimates. */
export interface RangeRow extends SummaryRow {
  readonly stance: string
}

/** The columns of ranges.csv. */
export const rangeColumns: readonly Column<RangeRow>[] = [
  {
    name: 'stance',
    about: 'pessimistic or optimistic: the end at which every estimate was taken',
    value: ({ stance }) => stance,
  },
  ...summaryColumns,
]

/** A run at the highest load at which the SLO just holds. */
export interface AtSloRow extends SummaryRow {
  readonly rateRps: number
  readonly loadAtSlo: number
  readonly bound: string
}

/** The columns of at-slo.csv. */
export const atSloColumns: readonly Column<AtSloRow>[] = [
  {
    name: 'rate_at_slo_rps',
    about: 'Highest rate of arrivals at which the SLO holds; blank where it holds at none',
    value: ({ rateRps }) => rateRps,
  },
  {
    name: 'load_at_slo',
    about: 'That rate over the rate at which the fleet saturates',
    value: ({ loadAtSlo }) => loadAtSlo,
  },
  {
    name: 'bound',
    about: 'found, or which end of the search the answer lies beyond: above, below',
    value: ({ bound }) => bound,
  },
  ...summaryColumns,
]

/** Where nothing stands before the router, nothing of it happens. */
function ofGateway(of: (gateway: GatewayResult) => number): (row: SummaryRow) => number {
  return ({ result: { gateway } }) => (gateway === undefined ? 0 : of(gateway))
}

function attempts(): SummaryColumn[] {
  return [
    {
      name: 'retries',
      about: 'New tries of clients after a refusal, an expiry or a time-out, whole run',
      value: ofGateway(({ retries }) => retries),
    },
    {
      name: 'timeouts',
      about: 'Times that a client gave a try up, whether it came again or not, whole run',
      value: ofGateway(({ timeouts }) => timeouts),
    },
    {
      name: 'hedges',
      about: 'Requests sent to a second replica as well, as the first was late, whole run',
      value: ofGateway(({ hedges }) => hedges),
    },
    {
      name: 'hedges_won',
      about: 'Of them, those that the second replica answered first',
      value: ofGateway(({ hedgesWon }) => hedgesWon),
    },
  ]
}

function losses(): SummaryColumn[] {
  const what = 'of tries that another replica beat: on the meter and in no share of a request, whole run'
  return [
    { name: 'lost_s', about: `Busy seconds ${what}`, value: ofGateway(({ lostS }) => lostS) },
    { name: 'lost_usd', about: `What these seconds cost`, value: ofGateway(({ lostUsd }) => lostUsd) },
    {
      name: 'lost_j',
      about: 'Energy of the same, at the facility',
      value: row => ofGateway(({ lostJ }) => lostJ)(row) * row.result.pue,
    },
    { name: 'lost_g', about: 'Grams of CO2 of that energy', value: ofGateway(({ lostG }) => lostG) },
  ]
}

function fairness(name: string, names: string, of: (figures: Figures) => Fairness): SummaryColumn[] {
  const index = `Jain's index over ${names}, 1 where all are alike and 1/n where one has all`
  return [
    {
      name: `${name}_service_fairness`,
      about: `${index}: of the tokens that each was served in the window over those asked for; blank with fewer than two`,
      value: ({ figures }) => of(figures).service,
    },
    {
      name: `${name}_goodput_fairness`,
      about: `The same of the shares of each one's requests that met their SLO`,
      value: ({ figures }) => of(figures).goodput,
    },
  ]
}

function spread(name: string, about: string, of: (result: RunResult) => Spread): SummaryColumn[] {
  return [
    { name: `${name}_mean_s`, about: `${about}; mean`, value: ({ result }) => of(result).mean },
    { name: `${name}_p50_s`, about: `${about}; median`, value: ({ result }) => of(result).p50 },
    { name: `${name}_p90_s`, about: `${about}; 90th percentile`, value: ({ result }) => of(result).p90 },
    { name: `${name}_p99_s`, about: `${about}; 99th percentile`, value: ({ result }) => of(result).p99 },
  ]
}

function meter(
  name: string,
  unit: string,
  about: string,
  of: (figures: Figures) => BusyIdle,
): SummaryColumn[] {
  const all = `${about}, busy and idle`
  return [
    {
      name: `${name}_busy_${unit}`,
      about: `${about}, while replicas ran steps`,
      value: ({ figures }) => of(figures).busy,
    },
    {
      name: `${name}_idle_${unit}`,
      about: `${about}, while replicas stood idle, and of devices without one`,
      value: ({ figures }) => of(figures).idle,
    },
    {
      name: `${unit}_per_mtok`,
      about: `${all}, per million output tokens`,
      value: ({ result, figures }) => perMtok(of(figures).total, result),
    },
    {
      name: `${unit}_per_good_mtok`,
      about: `${all}, per million output tokens of requests that met the SLO`,
      value: ({ result, figures }) => perGoodMtok(of(figures).total, result),
    },
  ]
}
