import { lengthsByTurn } from '../arrivals/clients.ts'
import type { LengthSpec } from '../arrivals/lengths.ts'
import type { Measurements } from '../measurements/contract.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { Catalogue, Engine } from '../scenario/facts.ts'
import type { Outcome } from './contract.ts'
import { isOffline } from './offline.ts'
import { outcomesIn, type Predicted } from './outcomes.ts'
import { contradiction, doubtOf, doubtOfMetric } from './served-doubt.ts'
import { figureOf } from './served-figures.ts'
import { kvTokensOf, type Load, type Served, served as serve } from './served-replica.ts'
import {
  countOr,
  defaultsOf,
  type Layout,
  layoutOf,
  layoutText,
  limitsIn,
  METRICS,
  type Metric,
  type ServedRow,
  servedRows,
  setupOf,
  subjectIn,
  tokensIn,
} from './served-row.ts'
import type { Subject } from './subject.ts'

/** Runs of servers under clients in a closed loop or at a rate, each simulated from its first request to its last. */
export async function* served(measurements: Measurements, catalogue: Catalogue): AsyncGenerator<Outcome> {
  const rows = servedRows(measurements).filter(row => !isOffline(row))
  yield* outcomesIn(rows, row => predicted(row, catalogue))
}

async function predicted(row: ServedRow, catalogue: Catalogue): Promise<Predicted[]> {
  checkKind(row)
  const setup = setupOf(row, catalogue)
  const layout = layoutOf(row)
  const shape = shapeOf(row, spreadIn(row, setup.engine))
  const subject = subjectIn(setup, layout)
  const limits = limitsIn(row, setup.engine, requestTokens(row, shape))
  const run = await serve(subject, limits, shape.load, layout.replicas)
  const room = { kvTokens: kvTokensOf(subject, limits), replicas: layout.replicas }
  const doubt = doubtOf(row) ?? (shape.loop && contradiction(row, subject, shape.loop, room))
  return METRICS.filter(metric => row.number(metric) > 0).map(metric =>
    comparisonOf({ row, subject, layout, shape, run, metric, doubt }),
  )
}

/** Mean tokens of a request, prompt and output. */
function requestTokens(row: ServedRow, { inputTokens, outputTokens }: Shape): number {
  return Math.round((isDrawn(row) ? 0.9 : 1) * (inputTokens + outputTokens))
}

interface Shape {
  readonly load: Load
  /** Where clients wait for their answers. */
  readonly loop?: { readonly clients: number; readonly inputTokens: number; readonly outputTokens: number }
  readonly inputTokens: number
  readonly outputTokens: number
  readonly detail: string
}

interface Found {
  readonly row: ServedRow
  readonly subject: Subject
  readonly layout: Layout
  readonly shape: Shape
  readonly run: Served
  readonly metric: Metric
  /** Of the whole row. */
  readonly doubt: string | undefined
}

function comparisonOf({ row, subject, layout, shape, run, metric, ...found }: Found): Predicted {
  const doubt = found.doubt ?? doubtOfMetric(row, subject, metric)
  return {
    device: subject.device.id,
    model: subject.model.id,
    engine: subject.engine.id,
    weights: subject.weights,
    metric,
    measured: row.positive(metric),
    predicted: figureOf(metric, run, run.e2e.length * shape.inputTokens),
    detail: `${layoutText(layout)}, ${shape.detail}`,
    ...(doubt === undefined ? {} : { doubt }),
  }
}

/** Throws Unusable for runs that are of a kind that is not predicted. */
function checkKind(row: ServedRow): void {
  const scenario = row.text('scenario')
  if (scenario.includes('disaggregated')) {
    throw new Unusable('disaggregated prefill and decode: not yet predicted')
  }
  if (scenario === 'open-loop') throw new Unusable('measured request by request in a log of its own')
  if (scenario.includes('saturated')) throw new Unusable('prompt lengths are not stated')
}

/** What the run's requests were. Throws Unusable where the row does not say. */
function shapeOf(row: ServedRow, spread: readonly [number, number]): Shape {
  const inputTokens = tokensIn(row, 'input_tokens_mean')
  const outputTokens = tokensIn(row, 'output_tokens_mean')
  const detail = `${inputTokens}/${outputTokens} tokens`
  if (row.number('concurrency') > 0) {
    const clients = row.count('concurrency')
    const load = { loop: loopOf(row, clients, [inputTokens, outputTokens], spread) }
    const loop = { clients, inputTokens, outputTokens }
    return { load, loop, inputTokens, outputTokens, detail: `${detail}, ${clients} clients` }
  }
  const ratePerS = row.number('offered_qps')
  if (!(ratePerS > 0) || row.text('scenario').startsWith('closed')) {
    throw new Unusable('neither the number of clients nor a rate with its duration is stated')
  }
  const requests = Math.min(MOST_AT_RATE, countOr(row, 'n_requests', MOST_AT_RATE))
  const load = { rows: evenly(requests, ratePerS, inputTokens, outputTokens) }
  return { load, inputTokens, outputTokens, detail: `${detail}, ${ratePerS} requests/s` }
}

const REQUESTS_EACH = 10
const MOST_AT_RATE = 1500
const PREFIX_BLOCK = 16

/** Where requests are counted in the row, as many; else ten for each client. */
function loopOf(
  row: ServedRow,
  clients: number,
  [inputTokens, outputTokens]: readonly [number, number],
  spread: readonly [number, number],
) {
  const stated = countOr(row, 'n_requests', REQUESTS_EACH * clients)
  const requests = Math.max(clients, Math.min(2 * REQUESTS_EACH * clients, stated))
  const lengths = lengthsByTurn(1, lengthIn(inputTokens, spread), lengthIn(outputTokens, spread))
  return { clients, requests, lengths }
}

function lengthIn(tokens: number, [from, to]: readonly [number, number]): LengthSpec {
  return {
    kind: 'uniform',
    minTokens: Math.ceil(from * tokens),
    maxTokens: Math.max(1, Math.floor(to * tokens)),
  }
}

/** InferenceX draws lengths evenly from 0.8 of the nominal ones to the whole (utils/bench_serving). */
function isDrawn(row: ServedRow): boolean {
  return row.text('note').includes('origin=inferencex-db')
}

/**
 * Bounds of the lengths, as shares of the stated ones. Engines that mix prompts with decodes do not keep like
 * requests in step, as measured times to the first token show; exactly equal lengths would. Those that put prompts
 * first do.
 */
function spreadIn(row: ServedRow, engine: Engine): readonly [number, number] {
  if (isDrawn(row)) return [0.8, 1]
  return defaultsOf(engine).batcher === 'prefill-first' || row.number('concurrency') === 1
    ? [1, 1]
    : [0.95, 1.05]
}

/**
 * Requests at equal distances. Runs at a constant rate repeat few prompts (a system prompt and a question for each of
 * some dozens of users), so the prefix cache holds all blocks but the last.
 */
function evenly(requests: number, ratePerS: number, inputTokens: number, outputTokens: number) {
  const hitTokens = Math.floor((inputTokens - 1) / PREFIX_BLOCK) * PREFIX_BLOCK
  return Array.from({ length: requests }, (_, i) => ({
    arrivalS: i / ratePerS,
    inputTokens,
    outputTokens,
    hitTokens,
  }))
}
