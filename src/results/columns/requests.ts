import { FINISHED, LENGTH, REJECTED, type RequestTable } from '../../requests/table.ts'
import type { Column } from './column.ts'

/** What the rows of one run share. */
export interface RequestContext {
  readonly policy: string
  /** Names by class id. */
  readonly classes: readonly string[]
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

const OUTCOMES: Readonly<Record<number, string>> = {
  [FINISHED]: 'finished',
  [REJECTED]: 'rejected',
  [LENGTH]: 'length',
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
  { name: 'arrival_s', about: 'When it arrived, from the first arrival', value: of('arrivalS') },
  { name: 'input_tokens', about: 'Length of the prompt', value: of('inputTokens') },
  { name: 'hit_tokens', about: 'Tokens of the prompt that the prefix caches held', value: of('hitTokens') },
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
  { name: 'replica', about: 'Number of the replica that it was sent to', value: replica },
  {
    name: 'kind',
    about: 'Kind of that replica',
    value: row => row.context.kindOf(replica(row)).name,
  },
  { name: 'admitted_s', about: 'When it first joined a batch', value: of('admittedS') },
  { name: 'first_token_s', about: 'When its first output token came out', value: of('firstTokenS') },
  { name: 'end_s', about: 'When it ended', value: of('endS') },
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
    about: 'From arrival to the last output token; blank for a rejected request',
    value: row => (outcome(row) === REJECTED ? Number.NaN : e2eS(row)),
  },
  {
    name: 'worst_itl_s',
    about: 'Longest gap between two of its output tokens; blank for an output of one token',
    value: row => (emittedTokens(row) > 1 ? row.requests.worstItlS[row.request] : Number.NaN),
  },
  { name: 'preemptions', about: 'Times that it lost its KV cache', value: of('preemptions') },
  {
    name: 'outcome',
    about: 'finished, rejected, or length where max_model_len ended the output',
    value: row => OUTCOMES[outcome(row)],
  },
  {
    name: 'met_slo',
    about: 'Whether it met every part of the SLO',
    value: row => outcome(row) !== REJECTED && row.context.meetsSlo(row.requests, row.request),
  },
  { name: 'share_s', about: "Its share of the replica's busy seconds", value: shareS },
  {
    name: 'share_usd',
    about: "Its share of the replica's cost while busy",
    value: row => (row.context.kindOf(replica(row)).usdPerHour / 3600) * shareS(row),
  },
  {
    name: 'share_j',
    about: "Its share of the replica's energy while busy, at the facility",
    value: row => shareJ(row) * row.context.pue,
  },
  { name: 'share_g', about: 'Grams of CO2 of that energy', value: of('shareG') },
]

function tpotS(row: RequestRow): number {
  const gaps = emittedTokens(row) - 1
  return gaps > 0 ? decodeS(row) / gaps : Number.NaN
}
