import type { Measurements } from '../measurements/contract.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { Catalogue } from '../scenario/facts.ts'
import type { Outcome } from './contract.ts'
import { bestOf, isMlperf, requestsPerS, type Task, taskOf } from './offline-mlperf.ts'
import { staticSeconds } from './offline-static.ts'
import { outcomesIn, type Predicted } from './outcomes.ts'
import { doubtOf } from './served-doubt.ts'
import { kvTokensOf, served as serve } from './served-replica.ts'
import {
  countOr,
  type Layout,
  layoutOf,
  layoutText,
  limitsIn,
  type ServedRow,
  servedRows,
  setupOf,
  subjectIn,
  tokensIn,
} from './served-row.ts'
import type { Setup, Subject } from './subject.ts'

/** Highest throughputs: requests all there at once, static batches, MLPerf results. */
export async function* offline(measurements: Measurements, catalogue: Catalogue): AsyncGenerator<Outcome> {
  const rates = new Map<string, Promise<number>>()
  const rows = servedRows(measurements).filter(isOffline)
  yield* outcomesIn(rows, async row => [await predicted(row, catalogue, rates)])
}

/** Whether the row is of a run that was to show the highest throughput. */
export function isOffline(row: ServedRow): boolean {
  return isMlperf(row) || /^(offline|static batch)/.test(row.text('scenario'))
}

function predicted(
  row: ServedRow,
  catalogue: Catalogue,
  rates: Map<string, Promise<number>>,
): Promise<Predicted> {
  const setup = setupOf(row, catalogue)
  if (isMlperf(row)) return best(row, setup, rates)
  if (row.text('scenario').startsWith('static')) return Promise.resolve(ofStaticBatch(row, setup))
  return allAtOnce(row, setup)
}

function comparison(
  row: ServedRow,
  { device, model, engine, weights }: Omit<Setup, 'tp'>,
  metric: 'request_throughput_rps' | 'output_throughput_tok_s',
  perS: number,
  detail: string,
): Predicted {
  const doubt = doubtOf(row)
  return {
    ...{ device: device.id, model: model.id, engine: engine.id, weights, metric, predicted: perS, detail },
    measured: row.positive(metric),
    ...(doubt === undefined ? {} : { doubt }),
  }
}

/** MLPerf systems do not say how they lay replicas on devices: the best is predicted. Equal replicas are run once. */
async function best(
  row: ServedRow,
  setup: Omit<Setup, 'tp'>,
  rates: Map<string, Promise<number>>,
): Promise<Predicted> {
  const task = taskOf(row)
  const devices = row.count('n_devices')
  const rateOf = (subject: Subject) => kept(rates, subject, task)
  const { perS, tp } = await bestOf(devices, at => subjectIn(setup, layoutAt(at)), rateOf)
  const { inputTokens, outputTokens } = task
  const kind = task.limits === undefined ? 'offline' : 'within limits'
  const detail = `${devices} devices, best tp ${tp}, ${kind}, ${inputTokens} (assumed)/${outputTokens} tokens`
  return comparison(row, setup, 'request_throughput_rps', perS, detail)
}

function kept(rates: Map<string, Promise<number>>, subject: Subject, task: Task): Promise<number> {
  const { device, model, engine, weights, parallelism } = subject
  const key = JSON.stringify([device.id, model.id, engine.id, weights, parallelism, task])
  const rate = rates.get(key) ?? requestsPerS(subject, task)
  rates.set(key, rate)
  return rate
}

function layoutAt(tp: number): Layout {
  return { tp, pp: 1, attentionDp: 1, ep: 1, replicas: 1 }
}

/** Requests of TensorRT-LLM's tables by lengths (its docs/source/performance/perf-overview.md). */
const REQUESTS: Readonly<Record<string, number>> = {
  '128/128': 30000,
  '128/2048': 3000,
  '128/4096': 1500,
  '1000/2000': 1500,
  '2048/128': 3000,
  '2048/2048': 1500,
  '5000/500': 1500,
  '1000/1000': 3000,
  '500/2000': 3000,
  '20000/2000': 1000,
}
const MOST_REQUESTS = 8000

async function allAtOnce(row: ServedRow, setup: Omit<Setup, 'tp'>): Promise<Predicted> {
  const inputTokens = tokensIn(row, 'input_tokens_mean')
  const outputTokens = tokensIn(row, 'output_tokens_mean')
  const layout = offlineLayout(row, setup)
  const subject = subjectIn(setup, layout)
  const limits = limitsIn(row, setup.engine, inputTokens + outputTokens)
  const known = REQUESTS[`${inputTokens}/${outputTokens}`] ?? countOr(row, 'n_requests', 1000)
  const requests = Math.min(MOST_REQUESTS, known)
  const rows = Array.from({ length: requests }, () => ({ arrivalS: 0, inputTokens, outputTokens }))
  const run = await serve(subject, limits, { rows }, layout.replicas)
  const detail = `${layoutText(layout)}, ${inputTokens}/${outputTokens} tokens, ${requests} requests at once`
  return comparison(row, setup, 'output_throughput_tok_s', run.outputTokens / run.seconds, detail)
}

/** TensorRT-LLM's tables give models with experts attention ranks and experts on every device (same page). */
function offlineLayout(row: ServedRow, { model }: Omit<Setup, 'tp'>): Layout {
  const layout = layoutOf(row)
  const isTable = row.text('scenario') === 'offline max throughput' && model.moe !== undefined
  return isTable ? { ...layout, attentionDp: layout.tp, ep: layout.tp } : layout
}

/** Whole prompts of a batch, then its decodes. A batch that memory does not hold is served in pieces. */
function ofStaticBatch(row: ServedRow, setup: Omit<Setup, 'tp'>): Predicted {
  const inputTokens = tokensIn(row, 'input_tokens_mean')
  const outputTokens = tokensIn(row, 'output_tokens_mean')
  const batch = Number(/^static batch (\d+)/.exec(row.text('scenario'))?.[1])
  if (!(batch > 0)) throw new Unusable('the size of the static batch is not stated')
  const layout = layoutOf(row)
  const subject = subjectIn(setup, layout)
  const limits = { batcher: 'static', tokenBudget: 2048, maxSequences: 64, reservedTokens: 0 } as const
  const fits = Math.max(1, Math.floor(kvTokensOf(subject, limits) / (inputTokens + outputTokens)))
  const piece = Math.min(batch, fits)
  const perS = (piece * outputTokens) / staticSeconds(subject.latency, piece, inputTokens, outputTokens)
  const pieces = piece < batch ? ` in pieces of ${piece}` : ''
  const detail = `${layoutText(layout)}, ${inputTokens}/${outputTokens} tokens, batch ${batch}${pieces}`
  return comparison(row, setup, 'output_throughput_tok_s', layout.replicas * perS, detail)
}
