import type { Measurements } from '../measurements/contract.ts'
import { deviceOf, dtypeOf, engineOf, modelOf } from '../measurements/names.ts'
import { type Row, tableIn } from '../measurements/table.ts'
import { Unusable } from '../measurements/unusable.ts'
import { meanOf, quantileOf } from '../results/exact.ts'
import type { Catalogue } from '../scenario/facts.ts'
import type { Outcome } from './contract.ts'
import { reasonOf } from './outcomes.ts'
import { metaOf, type RunMeta } from './replay-meta.ts'
import { type Limits, type Served, served as serve } from './served-replica.ts'
import { defaultsOf } from './served-row.ts'
import { checkFits, defaultKv, type Subject, subjectOf } from './subject.ts'

const COLUMNS = [
  ...(['request_id', 'arrival_s', 'queued_s', 'input_tokens', 'output_tokens'] as const),
  ...(['ttft_s', 'tpot_s', 'e2e_s', 'prefix_hit_tokens_est'] as const),
]
type LogRow = Row<(typeof COLUMNS)[number]>

const META = '_meta.json'

/**
 * Logs of real runs, request by request: the very requests arrive at the very times at a simulated replica, with the
 * prefix hits that the log gives. Times are compared from arrival; the logs count them from when the engine saw a
 * request, so that wait is added to what they measured.
 */
export async function* replay(measurements: Measurements, catalogue: Catalogue): AsyncGenerator<Outcome> {
  for (const meta of measurements.names.filter(name => name.endsWith(META))) {
    const log = meta.replace(META, '.csv')
    const place = `${measurements.folder}/${log}`
    try {
      if (!measurements.names.includes(log)) throw new Unusable(`the log ${log} is missing`)
      const facts = metaOf(measurements.read(meta), log)
      yield* await comparisons(place, facts, tableIn(measurements, log, COLUMNS), catalogue)
    } catch (error) {
      yield { place, source: 'request log', reason: reasonOf(error) }
    }
  }
}

async function comparisons(
  place: string,
  meta: RunMeta,
  log: readonly LogRow[],
  catalogue: Catalogue,
): Promise<Outcome[]> {
  if (log.length === 0) throw new Unusable('the log has no requests')
  const subject = subjectIn(meta, catalogue)
  const measured = measuredIn(log)
  const run = await serve(subject, limitsFor(subject, meta), { rows: rowsOf(log) })
  const { device, engine, model, weights } = subject
  const common = {
    place,
    source: 'request log',
    device: device.id,
    model: model.id,
    engine: engine.id,
    weights,
  }
  const detail = `${log.length} requests, ${meta.layout}`
  return (['ttft', 'tpot', 'e2e'] as const).flatMap(metric => [
    ...Object.entries(STATISTICS).map(([name, of]) => ({
      ...{ ...common, detail, metric: `${metric}_${name}_s` },
      measured: of(measured[metric]),
      predicted: of(run[metric]),
    })),
    ...log
      .map((row, i) => ({ row, measured: measured[metric][i], predicted: run[metric][i] }))
      .filter(one => one.measured > 0 && one.predicted > 0)
      .map(({ row, ...one }) => ({
        ...{ ...common, ...one, place: row.place },
        metric: `${metric} of each request`,
        detail: row.text('request_id'),
      })),
  ])
}

const STATISTICS = {
  mean: values => meanOf(known(values)),
  p50: values => quantileOf(known(values), 0.5),
  p90: values => quantileOf(known(values), 0.9),
  p99: values => quantileOf(known(values), 0.99),
} as const satisfies Record<string, (values: readonly number[]) => number>

function known(values: readonly number[]): number[] {
  return values.filter(value => !Number.isNaN(value))
}

/** The engine's front end is in the log's arrival times already. */
function subjectIn(meta: RunMeta, catalogue: Catalogue): Subject {
  const device = deviceOf(catalogue, spelledOut(meta.device, catalogue))
  const engine = engineOf(catalogue, meta.engine)
  const subject = subjectOf({
    ...{ device, engine, model: modelOf(catalogue, meta.model, meta.model.split('/').at(-1) ?? '') },
    weights: dtypeOf(meta.weights),
    kv: meta.kv === 'auto' ? defaultKv(device) : dtypeOf(meta.kv.replace(/_e\dm\d$/, '')),
    ...{ tp: meta.tp, attentionDp: meta.attentionDp, ep: meta.ep },
  })
  checkFits(subject)
  return subject
}

/** The catalogue's spelling of a device whose name in the file lacks dashes. */
function spelledOut(name: string, { devices }: Catalogue): string {
  const bare = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')
  const names = [...devices.values()].flatMap(({ id, knownAs = [] }) => [id, ...knownAs])
  return names.find(known => bare(known) === bare(name)) ?? name
}

function limitsFor({ engine }: Subject, { tokenBudget, maxSequences, kvTokens }: RunMeta): Limits {
  const { batcher } = defaultsOf(engine)
  return {
    ...{ batcher, tokenBudget, maxSequences, reservedTokens: 0 },
    hasFrontEnd: false,
    ...(kvTokens === undefined ? {} : { kvTokens }),
  }
}

function rowsOf(log: readonly LogRow[]) {
  const firstS = Math.min(...log.map(row => row.number('arrival_s')))
  return log.map(row => ({
    arrivalS: row.number('arrival_s') - firstS,
    inputTokens: row.count('input_tokens'),
    outputTokens: row.count('output_tokens'),
    hitTokens: Math.max(0, row.number('prefix_hit_tokens_est') || 0),
  }))
}

function measuredIn(log: readonly LogRow[]): Pick<Served, 'ttft' | 'tpot' | 'e2e'> {
  const waitS = (row: LogRow) => Math.max(0, row.number('queued_s') - row.number('arrival_s'))
  return {
    ttft: log.map(row => row.positive('ttft_s') + waitS(row)),
    tpot: log.map(row => (row.count('output_tokens') > 1 ? row.positive('tpot_s') : Number.NaN)),
    e2e: log.map(row => row.positive('e2e_s') + waitS(row)),
  }
}
