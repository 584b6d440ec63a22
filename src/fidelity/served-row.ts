import type { Measurements } from '../measurements/contract.ts'
import { deviceOf, dtypeOf, engineOf, modelOf } from '../measurements/names.ts'
import { type Row, tableIn } from '../measurements/table.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { Catalogue, Device, Dtype, Engine, EngineDefaults } from '../scenario/facts.ts'
import { computeDtype } from '../scenario/hardware.ts'
import type { Limits } from './served-replica.ts'
import { checkFits, defaultKv, type Setup, type Subject, subjectOf } from './subject.ts'

/** Measured numbers of a run, by column. */
export const METRICS = [
  ...(['request_throughput_rps', 'output_throughput_tok_s', 'total_throughput_tok_s'] as const),
  ...(['ttft_mean_s', 'ttft_p50_s', 'ttft_p90_s', 'ttft_p99_s'] as const),
  ...(['tpot_mean_s', 'tpot_p50_s', 'tpot_p90_s', 'tpot_p99_s'] as const),
  ...(['e2e_mean_s', 'e2e_p50_s', 'e2e_p90_s', 'e2e_p99_s'] as const),
]
export type Metric = (typeof METRICS)[number]

const COLUMNS = [
  ...(['hardware', 'n_devices', 'tp', 'pp', 'dp', 'ep', 'model', 'precision', 'engine'] as const),
  ...(['workload', 'scenario', 'input_tokens_mean', 'output_tokens_mean', 'offered_qps'] as const),
  ...(['concurrency', 'max_num_seqs', 'max_num_batched_tokens', 'n_requests', 'note'] as const),
  ...(['source', 'source_path', 'model_key', 'quality'] as const),
  ...METRICS,
]
export type ServedRow = Row<(typeof COLUMNS)[number]>

export function servedRows(measurements: Measurements): ServedRow[] {
  return tableIn(measurements, 'server_results.csv', COLUMNS)
}

/** How the replicas of a run lie on its devices. */
export interface Layout {
  readonly tp: number
  readonly pp: number
  readonly attentionDp: number
  readonly ep: number
  readonly replicas: number
}

/** The count in a cell; `otherwise` where it is blank or 0. */
export function countOr(
  row: ServedRow,
  column: Parameters<ServedRow['number']>[0],
  otherwise: number,
): number {
  const value = row.number(column)
  return value > 0 ? row.count(column) : otherwise
}

/**
 * Data parallelism whose ranks share experts or are called attention ranks makes one replica; otherwise its ranks
 * are replicas. Where more devices are counted than there are, they are cores.
 */
export function layoutOf(row: ServedRow): Layout {
  const [tp, pp, dp] = [countOr(row, 'tp', 1), countOr(row, 'pp', 1), countOr(row, 'dp', 1)]
  const stated = /attention_dp=(\d+)/.exec(row.text('note'))?.[1]
  const ep = countOr(row, 'ep', 1)
  const isShared = dp > 1 && (Number(stated ?? 1) > 1 || ep > 1)
  const devices = countOr(row, 'n_devices', tp * pp * dp)
  const cores = Math.max(1, Math.ceil((tp * pp * dp) / devices))
  if (tp % cores !== 0) throw new Unusable('tp, pp and dp contradict the number of devices')
  const each = tp / cores
  return isShared
    ? { tp: each * dp, pp, attentionDp: dp, ep, replicas: 1 }
    : { tp: each, pp, attentionDp: 1, ep, replicas: dp }
}

/** The row's setup but for its layout. */
export function setupOf(row: ServedRow, catalogue: Catalogue): Omit<Setup, 'tp'> {
  const device = deviceOf(catalogue, row.text('hardware'))
  const model = modelOf(catalogue, row.text('model_key'), row.text('model'))
  const weights = row.text('precision') === '' ? 'bf16' : dtypeOf(row.text('precision'))
  const engine = engineOf(catalogue, row.text('engine'))
  return { device, engine, model, weights, kv: kvOf(device, weights) }
}

export function subjectIn(setup: Omit<Setup, 'tp'>, { tp, pp, attentionDp, ep }: Layout): Subject {
  const experts = setup.model.moe === undefined ? 1 : ep
  const subject = subjectOf({ ...setup, tp, pp, attentionDp, ep: experts })
  checkFits(subject)
  return subject
}

/**
 * The format of KV, which no row states: 8 bits beside weights of 8 bits and fewer, where the device multiplies
 * those, as the run scripts of InferenceX (SemiAnalysisAI/InferenceX benchmarks/) and the checkpoints of ModelOpt
 * have it; else as engines do unless told otherwise.
 */
function kvOf(device: Device, weights: Dtype): Dtype {
  const isNarrow = weights !== 'bf16' && computeDtype(device, weights) === weights
  return isNarrow && device.operators.attentionDecode.fp8 !== undefined ? 'fp8' : defaultKv(device)
}

/** Throws Unusable where they are not known. */
export function defaultsOf({ id, defaults }: Engine): EngineDefaults {
  if (defaults === undefined) throw new Unusable(`how ${id} is run by default is not known`)
  return defaults
}

/** @param requestTokens that prompt and output of a request have at most */
export function limitsIn(row: ServedRow, engine: Engine, requestTokens: number): Limits {
  const { batcher, tokenBudget, maxSequences, reservesOutput } = defaultsOf(engine)
  return {
    batcher,
    tokenBudget: countOr(row, 'max_num_batched_tokens', tokenBudget.value),
    maxSequences: countOr(row, 'max_num_seqs', maxSequences.value),
    reservedTokens: reservesOutput ? requestTokens : 0,
  }
}

/** Throws Unusable where the row does not state the length. */
export function tokensIn(row: ServedRow, column: 'input_tokens_mean' | 'output_tokens_mean'): number {
  const what = column === 'input_tokens_mean' ? 'prompt' : 'output'
  if (Number.isNaN(row.number(column))) throw new Unusable(`${what} lengths are not stated`)
  return Math.round(row.positive(column))
}

export function layoutText({ tp, pp, attentionDp, ep, replicas }: Layout): string {
  const others = Object.entries({ pp, 'attention dp': attentionDp, ep, replicas })
  return [
    `tp ${tp}`,
    ...others.filter(([, count]) => count > 1).map(([name, count]) => `${name} ${count}`),
  ].join(', ')
}
