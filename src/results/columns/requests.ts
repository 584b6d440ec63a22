import { isServed } from '../../requests/outcomes.ts'
import {
  EXPIRED,
  FINISHED,
  LENGTH,
  REFUSED,
  REJECTED,
  type RequestTable,
  TIMED_OUT,
} from '../../requests/table.ts'
import type { Column } from './column.ts'

/** What the rows of one run share. */
export interface RequestContext {
  readonly policy: string
  /** Names by class id. */
  readonly classes: readonly string[]
  /** Names by tenant id, and by model id; of models none where the fleet serves one. */
  readonly tenants: readonly string[]
  readonly models: readonly string[]
  /** By replica id. */
  readonly kindOf: (replica: number) => { readonly name: string; readonly usdPerHour: number }
  readonly meetsSlo: (requests: RequestTable, request: number) => boolean
  readonly pue: number
}

/** A request that has just ended, where the table holds it. */
export interface RequestRow {
  readonly context: RequestContext
  readonly requests: RequestTable
  readonly request: number
}

/** By outcome, what files call it. */
export const OUTCOMES: Readonly<Record<number, string>> = {
  [FINISHED]: 'finished',
  [REJECTED]: 'rejected',
  [LENGTH]: 'length',
  [REFUSED]: 'refused',
  [EXPIRED]: 'expired',
  [TIMED_OUT]: 'timed_out',
}

type NumberColumn = {
  [K in keyof RequestTable]: RequestTable[K] extends Float64Array | Int32Array ? K : never
}[keyof RequestTable]

function of(column: NumberColumn): (row: RequestRow) => number {
  return ({ requests, request }) => requests[column][request]
}

function since(from: NumberColumn, to: NumberColumn): (row: RequestRow) => number {
  return ({ requests, request }) => requests[to][request] - requests[from][request]
}

const emittedTokens = of('emittedTokens')
const replica = of('replica')
const outcome = of('outcome')
const shareS = of('shareS')
const shareJ = of('shareJ')
/** Replica that computed the prompt, or -1 where the request stayed at one. */
const prefillReplica = ({ requests, request }: RequestRow) => requests.journeys.prefillReplica.at(request)
const e2eS = since('arrivalS', 'endS')
const decodeS = since('firstTokenS', 'endS')

/** The columns of requests.csv. */
export const requestColumns: readonly Column<RequestRow>[] = [
  { name: 'policy', about: 'Routing policy', value: ({ context }) => context.policy },
  {
    name: 'ordinal',
    about: 'Place in the workload, from 0; the same under every policy',
    value: of('ordinal'),
  },
  {
    name: 'class',
    about: 'Class of the request',
    value: ({ context, requests, request }) => context.classes[requests.classId[request]],
  },
  {
    name: 'tenant',
    about: 'Whom it comes from, where the workload says so',
    value: ({ context, requests, request }) => context.tenants[requests.notes.tenantId.at(request)] ?? '',
  },
  {
    name: 'model',
    about: 'Model that it asks for; blank where the fleet serves one',
    value: ({ context, requests, request }) => context.models[requests.notes.modelId.at(request)] ?? '',
  },
  { name: 'arrival_s', about: 'When it arrived, from the first arrival', value: of('arrivalS') },
  { name: 'input_tokens', about: 'Length of the prompt', value: of('inputTokens') },
  {
    name: 'hit_tokens',
    about: 'Tokens of the prompt that prefix caches held, or that the workload says they did',
    value: of('hitTokens'),
  },
  {
    name: 'output_tokens',
    about: 'Length of the output that the workload asks for',
    value: of('outputTokens'),
  },
  {
    name: 'emitted_tokens',
    about: 'Output tokens that came out; fewer where max_model_len ended the output',
    value: emittedTokens,
  },
  {
    name: 'prefill_replica',
    about: 'Number of the replica that computed its prompt, where another decoded it; else blank',
    value: row => (prefillReplica(row) < 0 ? Number.NaN : prefillReplica(row)),
  },
  {
    name: 'prefill_kind',
    about: 'Kind of that replica',
    value: row => (prefillReplica(row) < 0 ? '' : row.context.kindOf(prefillReplica(row)).name),
  },
  {
    name: 'transfer_s',
    about: 'From sending its KV cache from the one to the other until it was there; blank where it stayed',
    value: row => (prefillReplica(row) < 0 ? Number.NaN : row.requests.journeys.transferS.at(row.request)),
  },
  {
    name: 'transfer_contention',
    about: 'That over what it would have taken with the links to itself',
    value: ({ requests: { journeys }, request }) =>
      journeys.transferS.at(request) / journeys.transferAloneS.at(request),
  },
  {
    name: 'replica',
    about: 'Number of the replica that it was sent to, or that decoded it; blank where it was sent to none',
    value: row => (replica(row) < 0 ? Number.NaN : replica(row)),
  },
  {
    name: 'kind',
    about: 'Kind of that replica',
    value: row => (replica(row) < 0 ? '' : row.context.kindOf(replica(row)).name),
  },
  {
    name: 'sent_s',
    about: 'When it was sent to a replica, the last time where it was tried again; blank where it never was',
    value: sentS,
  },
  {
    name: 'retries',
    about: 'Times that its client tried again after a refusal, an expiry or a time-out',
    value: ({ requests, request }) => requests.journeys.retries.at(request),
  },
  { name: 'admitted_s', about: 'When it first joined a batch', value: of('admittedS') },
  { name: 'first_token_s', about: 'When the client had its first output token', value: of('firstTokenS') },
  { name: 'end_s', about: 'When it ended for the client', value: of('endS') },
  {
    name: 'ttft_s',
    about: 'From arrival to the first output token',
    value: since('arrivalS', 'firstTokenS'),
  },
  {
    name: 'tpot_s',
    about: 'Mean gap between its output tokens; blank for an output of one token',
    value: tpotS,
  },
  {
    name: 'e2e_s',
    about: 'From arrival to the last output token; blank for a request that did not finish',
    value: row => (isServed(outcome(row)) ? e2eS(row) : Number.NaN),
  },
  {
    name: 'worst_itl_s',
    about: 'Longest gap between two of its output tokens; blank for an output of one token',
    value: row => (emittedTokens(row) > 1 ? row.requests.worstItlS[row.request] : Number.NaN),
  },
  { name: 'preemptions', about: 'Times that it lost its KV cache', value: of('preemptions') },
  {
    name: 'outcome',
    about: 'finished, length where max_model_len ended the output, rejected, refused, expired or timed_out',
    value: row => OUTCOMES[outcome(row)],
  },
  {
    name: 'met_slo',
    about: 'Whether it met every part of its SLO',
    value: row => isServed(outcome(row)) && row.context.meetsSlo(row.requests, row.request),
  },
  { name: 'share_s', about: 'Its share of the busy seconds of its replica, or of both', value: shareS },
  {
    name: 'share_usd',
    about: 'What these seconds cost',
    value: shareUsd,
  },
  {
    name: 'share_j',
    about: 'Its share of the energy of the same, at the facility',
    value: row => shareJ(row) * row.context.pue,
  },
  { name: 'share_g', about: 'Grams of CO2 of that energy', value: of('shareG') },
]

function tpotS(row: RequestRow): number {
  const gaps = emittedTokens(row) - 1
  return gaps > 0 ? decodeS(row) / gaps : Number.NaN
}

/** Without a gateway on arrival. */
function sentS({ requests, request }: RequestRow): number {
  if (requests.replica[request] < 0) return Number.NaN
  const sentS = requests.journeys.sentS.at(request)
  return Number.isNaN(sentS) ? requests.arrivalS[request] : sentS
}

/** Each replica at its own price. */
function shareUsd(row: RequestRow): number {
  const { earlierS, earlierUsd } = row.requests.journeys
  const lastS = shareS(row) - earlierS.at(row.request)
  if (replica(row) < 0) return earlierUsd.at(row.request)
  return earlierUsd.at(row.request) + (row.context.kindOf(replica(row)).usdPerHour / 3600) * lastS
}
