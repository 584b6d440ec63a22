import { causalPairs } from '../latency/context.ts'
import type { LatencyModel } from '../latency/contract.ts'
import { Operators } from '../latency/operators.ts'
import type { Transformer } from '../latency/transformer.ts'
import type { Measurements } from '../measurements/contract.ts'
import { deviceOf, dtypeOf, engineOf, modelOf } from '../measurements/names.ts'
import { type Row, tableIn } from '../measurements/table.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { Catalogue } from '../scenario/facts.ts'
import type { Outcome } from './contract.ts'
import { outcomesOf, type Predicted } from './outcomes.ts'
import { checkFits, defaultKv, MOST_SEQUENCES, MOST_TOKENS, type Subject, subjectOf } from './subject.ts'

const COLUMNS = [
  ...(['hardware', 'n_devices', 'tp', 'model', 'precision', 'engine', 'phase', 'batch_size'] as const),
  ...([
    'prefill_tokens',
    'context_tokens_per_seq',
    'time_s',
    'scope',
    'derived',
    'source',
    'model_key',
  ] as const),
]

type IterationRow = Row<(typeof COLUMNS)[number]>

/** Tokens of a prompt, and of a decode's context, where a measurement does not say: small beside the weights. */
const ASSUMED_TOKENS = 768

/** Beyond these a step's seconds must be of another unit. */
const LONGEST_S = { prefill: 600, decode: 10 } as const

/** Single steps of an engine, of whole prompts or of decodes; or a layer's share of one. */
export function* iterations(measurements: Measurements, catalogue: Catalogue): Generator<Outcome> {
  const rows = tableIn(measurements, 'iteration_times.csv', COLUMNS)
  yield* outcomesOf(rows, row => [predicted(row, catalogue)])
}

function predicted(row: IterationRow, catalogue: Catalogue): Predicted {
  const subject = subjectIn(row, catalogue)
  const phase = phaseOf(row)
  const measured = row.positive('time_s')
  if (measured > LONGEST_S[phase]) {
    throw new Unusable(
      `time_s is ${measured}; no ${phase} step takes over ${LONGEST_S[phase]} s: milliseconds?`,
    )
  }
  const step = STEPS[phase](row)
  const isLayer = scopeOf(row) === 'per_layer'
  if (!isLayer) checkFits(subject)
  const derived = row.text('derived')
  return {
    device: subject.device.id,
    model: subject.model.id,
    engine: subject.engine.id,
    weights: subject.weights,
    metric: `${phase} ${isLayer ? 'layer' : 'step'}`,
    measured,
    predicted: isLayer ? layerSeconds(subject, step.seconds) : step.seconds(subject.latency),
    detail: `tp ${tpText(row, subject)}, ${step.detail}`,
    ...(derived.startsWith('upper bound') ? { doubt: derived } : {}),
  }
}

function subjectIn(row: IterationRow, catalogue: Catalogue): Subject {
  const device = deviceOf(catalogue, row.text('hardware'))
  return subjectOf({
    device,
    engine: engineOf(catalogue, `${row.text('engine')} (${row.text('source')})`),
    model: modelOf(catalogue, row.text('model_key'), row.text('model')),
    weights: dtypeOf(row.text('precision')),
    kv: defaultKv(device),
    tp: tpOf(row),
  })
}

/** Devices that share every layer; where there are fewer than `tp`, that counts their cores. */
function tpOf(row: IterationRow): number {
  const [devices, tp] = [row.number('n_devices'), row.count('tp')]
  if (Number.isNaN(devices) || devices >= tp) return tp
  if (tp % devices !== 0) {
    throw new Unusable(`tp ${tp} is no multiple of its ${devices} devices: the row contradicts itself`)
  }
  return devices
}

function tpText(row: IterationRow, { parallelism: { tp } }: Subject): string {
  return row.count('tp') === tp ? String(tp) : `${tp} of ${row.count('tp') / tp} cores each`
}

function phaseOf(row: IterationRow): keyof typeof STEPS {
  const phase = row.text('phase')
  if (phase === 'prefill' || phase === 'decode') return phase
  throw new Unusable(`the phase is "${phase}"; must be prefill or decode`)
}

function scopeOf(row: IterationRow): 'full_model' | 'per_layer' {
  const scope = row.text('scope')
  if (scope === 'full_model' || scope === 'per_layer') return scope
  throw new Unusable(`the scope is "${scope}"; must be full_model or per_layer`)
}

/** What a step carries, priced by a model. */
interface Step {
  readonly seconds: (latency: LatencyModel) => number
  readonly detail: string
}

const STEPS = { prefill: prefillStep, decode: decodeStep } as const

/** Whole prompts, all alike. */
function prefillStep(row: IterationRow): Step {
  const tokens = row.count('prefill_tokens', MOST_TOKENS)
  const stated = row.number('context_tokens_per_seq')
  const each = Number.isNaN(stated)
    ? Math.min(tokens, ASSUMED_TOKENS)
    : row.positive('context_tokens_per_seq')
  const prompts = Number.isNaN(row.number('batch_size'))
    ? Math.ceil(tokens / each)
    : row.count('batch_size', tokens)
  if (!Number.isNaN(stated) && Math.abs(prompts * each - tokens) > prompts) {
    throw new Unusable(
      'prefill_tokens is not batch_size x context_tokens_per_seq: the row contradicts itself',
    )
  }
  const length = tokens / prompts
  const seconds = (latency: LatencyModel) =>
    latency.stepSeconds({
      ...{ sequences: 0, contextTokens: 0, window: latency.window },
      ...{ chunks: prompts, chunkTokens: tokens, chunkCachedTokens: 0, ordinal: 0 },
      chunkPairs: prompts * causalPairs(length, 0, latency.window),
    })
  return { seconds, detail: `${prompts} x ${Math.round(length)} tokens${assumed(stated, 'prompts')}` }
}

/** Sequences that all have the mean context. */
function decodeStep(row: IterationRow): Step {
  const sequences = row.count('batch_size', MOST_SEQUENCES)
  const stated = row.number('context_tokens_per_seq')
  const context = Number.isNaN(stated) ? ASSUMED_TOKENS : row.positive('context_tokens_per_seq')
  const contextTokens = Math.round(sequences * Math.max(0, context - 1))
  return {
    seconds: latency => latency.gapSeconds({ sequences, contextTokens, window: latency.window }, 1),
    detail: `${sequences} x ${Math.round(context)} tokens of context${assumed(stated, 'contexts')}`,
  }
}

function assumed(stated: number, what: string): string {
  return Number.isNaN(stated) ? `; ${what} are not stated: ${ASSUMED_TOKENS} tokens assumed` : ''
}

/** What an engine adds to the time of its devices. */
const NO_HOST = { stepS: 0, layerS: 0, sequenceS: 0, prefillMultiplier: 1 } as const

/** A layer's share of a step on the devices alone: what as many layers again add to it, by layer. */
function layerSeconds({ model, parallelism, constants }: Subject, seconds: Step['seconds']): number {
  const devices = { ...constants, ...NO_HOST }
  const of = (layered: Transformer) =>
    seconds(new Operators({ model: layered, parallelism, constants: devices }))
  return (of(twice(model)) - of(model)) / model.layers
}

function twice({ moe, window, ...model }: Transformer): Transformer {
  return {
    ...model,
    layers: 2 * model.layers,
    ...(moe && { moe: { ...moe, moeLayers: 2 * moe.moeLayers } }),
    ...(window && { window: { ...window, layers: 2 * window.layers } }),
  }
}
