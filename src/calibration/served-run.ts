import type { Lengths } from '../arrivals/contract.ts'
import { UserError } from '../core/errors.ts'
import type { Setup, Subject } from '../fidelity/subject.ts'
import { gammaGaps } from './arrivals.ts'
import type { Observation } from './contract.ts'
import type { Limits } from './formats/contract.ts'
import { checkFits, type Latencies, servedArrivals, servedLoop } from './serving.ts'
import { type Metric, type Statistic, statisticOf } from './statistics.ts'

/** How requests come: from clients who wait for their answers, or at a rate; burstiness 1 is Poisson. */
export type Pace = { readonly clients: number } | { readonly ratePerS: number; readonly burstiness: number }

/** One statistic of a served run. */
export interface Statement {
  readonly metric: Metric
  readonly statistic: Statistic
  readonly seconds: number
}

/** One served run. */
export interface Served {
  readonly place: string
  readonly setup: Setup
  readonly limits: Limits
  readonly pace: Pace
  /** Lengths of the requests, taken in turns. */
  readonly bodies: readonly Lengths[]
  /** The same in short. */
  readonly lengths: string
  /** NaN where it is not known. */
  readonly requests: number
  readonly measured: readonly Statement[]
}

/** Requests for each client where their number is not known, and of a run at a rate. */
const REQUESTS_EACH = 10
const REQUESTS_AT_RATE = 500

/** Beyond these the numbers of a run are a mistake, and simulating it over and over would take days. */
const MOST_CLIENTS = 1e5
const MOST_REQUESTS = 1e6

/** The run as an observation: one replica serves as many requests, the first and the last ones counted too. */
export function servedRun(run: Served): Observation {
  const { place, setup, limits, pace, bodies, measured } = run
  checkSize(run)
  checkFits(place, setup, limits)
  const conditions = {
    ...{ model: setup.model.id, tp: String(setup.tp), 'pair of lengths': run.lengths },
    ...('clients' in pace ? { concurrency: String(pace.clients) } : { rate: String(pace.ratePerS) }),
  }
  const quantities = measured.map(({ metric, statistic, seconds }) => ({
    metric: `${metric}_${statistic}`,
    measured: seconds,
    isFitted: isFitted(metric, statistic, measured),
    conditions,
  }))
  return { place, setup, quantities, predict: async subject => statistics(await latencies(subject)) }

  function latencies(subject: Subject): Promise<Latencies> {
    if ('ratePerS' in pace) {
      return servedArrivals(subject, limits, gammaGaps(pace, bodies, run.requests || REQUESTS_AT_RATE))
    }
    const requests = Math.max(pace.clients, run.requests || REQUESTS_EACH * pace.clients)
    return servedLoop(subject, limits, { clients: pace.clients, requests, bodies })
  }

  function statistics(of: Latencies): number[] {
    return measured.map(({ metric, statistic }) => statisticOf(statistic, of[metric]))
  }
}

/** Throws a UserError where no run can have so many clients or requests. */
function checkSize({ place, pace, requests }: Served): void {
  const clients = 'clients' in pace ? pace.clients : 1
  if (clients > MOST_CLIENTS) {
    throw new UserError(`${place}: the concurrency is ${clients}; must be at most ${MOST_CLIENTS}`)
  }
  if (requests > MOST_REQUESTS) {
    throw new UserError(`${place}: the requests are ${requests}; must be at most ${MOST_REQUESTS}`)
  }
}

/** Means, or medians where there are no means; times to the last token only where there are none between tokens. */
function isFitted(metric: Metric, statistic: Statistic, measured: readonly Statement[]): boolean {
  if (metric === 'e2e' && measured.some(other => other.metric === 'tpot')) return false
  const hasMean = measured.some(other => other.metric === metric && other.statistic === 'mean')
  return statistic === (hasMean ? 'mean' : 'p50')
}

const BODIES = 64
/** Multiples of these fill the unit interval evenly, and pairs of them the square. */
const STEPS = { input: 0.618033988749895, output: 0.7548776662466927 }

/** Bodies whose lengths lie evenly from this share of the given ones to the whole. */
export function evenLengths(inputTokens: number, outputTokens: number, from: number): Lengths[] {
  const drawn = (tokens: number, place: number) =>
    Math.max(1, Math.round(tokens * (from + (1 - from) * (place % 1))))
  return Array.from({ length: from === 1 ? 1 : BODIES }, (_, i) => ({
    inputTokens: drawn(inputTokens, i * STEPS.input),
    outputTokens: drawn(outputTokens, i * STEPS.output),
  }))
}
