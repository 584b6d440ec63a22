import { UserError } from '../core/errors.ts'
import { type Setup, subjectOf } from '../fidelity/subject.ts'
import type { Observation, Quantity } from './contract.ts'
import type { Limits } from './formats/contract.ts'
import { checkFits, type Latencies, longestRequest, servedArrivals } from './serving.ts'
import { METRICS, type Metric, STATISTIC_NAMES, type Statistic, statisticOf } from './statistics.ts'

/** A request as a log has it. */
export interface LoggedRequest {
  readonly place: string
  readonly arrivalS: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Tokens of the prompt that the prefix cache held. */
  readonly hitTokens: number
  readonly ttftS: number
  /** NaN for an output of one token. */
  readonly tpotS: number
}

/** Requests that one replica served. */
export interface Log {
  readonly place: string
  readonly setup: Setup
  readonly limits: Limits
  readonly requests: readonly LoggedRequest[]
}

const MOST_PARTS = 10
const REQUESTS_EACH = 8

/**
 * The log as an observation: the very requests arrive at the very times. Fitted are the mean latencies of parts of
 * the log that follow each other, as those of single requests under load are of chance; statistics of the whole log
 * are reported beside them.
 */
export function requestLog({ place, setup, limits, requests }: Log): Observation {
  checkFits(place, setup, limits)
  checkLengths(setup, limits, requests)
  const sorted = requests.toSorted((a, b) => a.arrivalS - b.arrivalS)
  const rows = sorted.map(request => ({ ...request, arrivalS: request.arrivalS - sorted[0].arrivalS }))
  const measured: Latencies = {
    ttft: rows.map(({ ttftS }) => ttftS),
    tpot: rows.map(({ tpotS }) => tpotS),
    e2e: rows.map(endS),
  }
  const views = [...partsOf(rows.length), ...WHOLE]
  const quantities = views.map(view => quantityOf(view, measured)).filter(({ measured }) => measured > 0)
  const shown = views.filter(view => viewed(view, measured) > 0)
  return {
    place,
    setup,
    quantities,
    predict: async subject => {
      const predicted = await servedArrivals(subject, limits, rows)
      return shown.map(view => viewed(view, predicted))
    },
  }
}

/** Throws a UserError at a request that the replica would refuse, or whose answer it would cut short. */
function checkLengths(setup: Setup, limits: Limits, requests: readonly LoggedRequest[]): void {
  const most = longestRequest(subjectOf(setup), limits)
  const long = requests.find(({ inputTokens, outputTokens }) => inputTokens + outputTokens > most)
  if (long === undefined) return
  const { place, inputTokens, outputTokens } = long
  throw new UserError(
    `${place}: a request of ${inputTokens} + ${outputTokens} tokens; ${setup.model.id} on ${setup.tp} x ` +
      `${setup.device.id} takes ${most} at most: check model, tp and the lengths`,
  )
}

function endS({ ttftS, tpotS, outputTokens }: LoggedRequest): number {
  return outputTokens > 1 ? ttftS + tpotS * (outputTokens - 1) : ttftS
}

/** A statistic of a stretch of the log. */
interface View {
  readonly metric: Metric
  readonly statistic: Statistic
  /** Requests from and up to, by order of arrival; absent for the whole log. */
  readonly part?: { readonly name: string; readonly from: number; readonly to: number }
}

const WHOLE: readonly View[] = METRICS.flatMap(metric =>
  STATISTIC_NAMES.map(statistic => ({ metric, statistic })),
)

function partsOf(requests: number): View[] {
  const count = Math.min(MOST_PARTS, Math.max(1, Math.floor(requests / REQUESTS_EACH)))
  const edge = (part: number) => Math.round((part * requests) / count)
  return Array.from({ length: count }, (_, i) => ({
    name: String(i + 1),
    from: edge(i),
    to: edge(i + 1),
  })).flatMap(part =>
    (['ttft', 'tpot'] as const).map(metric => ({ metric, statistic: 'mean' as const, part })),
  )
}

function viewed({ metric, statistic, part }: View, latencies: Latencies): number {
  const all = latencies[metric]
  return statisticOf(statistic, part === undefined ? all : all.slice(part.from, part.to))
}

function quantityOf(view: View, latencies: Latencies): Quantity {
  const { metric, statistic, part } = view
  return {
    metric: part === undefined ? `${metric}_${statistic}` : `${metric}_mean of parts`,
    measured: viewed(view, latencies),
    isFitted: part !== undefined,
    conditions: part === undefined ? {} : { 'part of the log': part.name },
  }
}
