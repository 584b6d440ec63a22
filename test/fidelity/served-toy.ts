import type { Outcome } from '../../src/fidelity/contract.ts'
import { servedRows as rowsIn, type ServedRow } from '../../src/fidelity/served-row.ts'
import { type Subject, subjectOf } from '../../src/fidelity/subject.ts'
import { causalPairs } from '../../src/latency/context.ts'
import type { Catalogue } from '../../src/scenario/facts.ts'
import { made, toys } from './toy.ts'

export type Cells = Readonly<Record<string, string | number>>

const COLUMNS = [
  ...[
    'hardware',
    'n_devices',
    'tp',
    'pp',
    'dp',
    'ep',
    'model',
    'precision',
    'engine',
    'workload',
    'scenario',
  ],
  ...['input_tokens_mean', 'output_tokens_mean', 'offered_qps', 'concurrency', 'max_num_seqs'],
  ...['max_num_batched_tokens', 'n_requests', 'note', 'source', 'source_path', 'model_key', 'quality'],
  ...['request_throughput_rps', 'output_throughput_tok_s', 'total_throughput_tok_s'],
  ...['ttft', 'tpot', 'e2e'].flatMap(metric =>
    ['mean', 'p50', 'p90', 'p99'].map(name => `${metric}_${name}_s`),
  ),
]

/** A setup that nothing but its load is missing from. */
export const ON_TOY: Cells = {
  ...{ hardware: 'Toy 80GB', n_devices: 1, tp: 1, model: 'Toy/Model', precision: 'bf16' },
  ...{ engine: 'toyserve 1', quality: 'ok' },
}

/** The rows as tests read them. */
export function servedRows(rows: readonly Cells[]): readonly ServedRow[] {
  return rowsIn(made('server_results.csv', COLUMNS, rows))
}

export function servedRow(cells: Cells): ServedRow {
  return servedRows([cells])[0]
}

type Test = (measurements: ReturnType<typeof made>, catalogue: Catalogue) => AsyncIterable<Outcome>

export async function outcomesFor(
  test: Test,
  rows: readonly Cells[],
  catalogue: Catalogue = toys,
): Promise<Outcome[]> {
  return collected(test(made('server_results.csv', COLUMNS, rows), catalogue))
}

export async function collected(outcomes: AsyncIterable<Outcome>): Promise<Outcome[]> {
  const all: Outcome[] = []
  for await (const outcome of outcomes) all.push(outcome)
  return all
}

export function toySubject(tp = 1): Subject {
  const [device, engine, model] = ['toy-chip', 'toy-engine', 'toy-model']
  return subjectOf({
    device: toys.devices.get(device)!,
    engine: toys.engines.get(engine)!,
    model: toys.models.get(model)!,
    ...{ weights: 'bf16', kv: 'bf16', tp },
  })
}

/** Seconds of a step with so many like prompts alone, of which the cache holds `cachedTokens` each. */
export function promptSeconds(prompts: number, tokens: number, cachedTokens = 0): number {
  const { latency } = toySubject()
  return latency.stepSeconds({
    ...{ sequences: 0, contextTokens: 0, window: latency.window, ordinal: 0 },
    chunks: prompts,
    chunkTokens: prompts * (tokens - cachedTokens),
    chunkCachedTokens: prompts * cachedTokens,
    chunkPairs: prompts * causalPairs(tokens - cachedTokens, cachedTokens, latency.window),
  })
}

/** Seconds of the steps that give each of the sequences its output after the first token. */
export function decodeSeconds(sequences: number, inputTokens: number, outputTokens: number): number {
  const { latency } = toySubject()
  const batch = { sequences, contextTokens: sequences * inputTokens, window: latency.window }
  return latency.decodeSeconds(batch, outputTokens - 1)
}
