import { AffineEnergy } from '../energy/affine.ts'
import { causalPairs } from '../latency/context.ts'
import type { MixedStep } from '../latency/contract.ts'
import { devicesOf } from '../latency/layout.ts'
import { TransformerWork } from '../latency/work.ts'
import type { Measurements } from '../measurements/contract.ts'
import { deviceOf, dtypeOf, engineOf, modelOf } from '../measurements/names.ts'
import { type Row, tableIn } from '../measurements/table.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { Catalogue, Fact, NodeKind } from '../scenario/facts.ts'
import type { Outcome } from './contract.ts'
import { outcomesOf, type Predicted } from './outcomes.ts'
import { checkFits, defaultKv, MOST_SEQUENCES, MOST_TOKENS, type Subject, subjectOf } from './subject.ts'

const COLUMNS = [
  ...(['hardware', 'n_devices', 'tp', 'model', 'precision', 'engine', 'workload', 'phase_or_load'] as const),
  ...(['batch_size_mean', 'power_w_per_device', 'node_power_w', 'output_throughput_tok_s'] as const),
  ...(['tpot_p50_s', 'output_tokens_mean', 'note', 'source', 'model_key'] as const),
]

type PowerRow = Row<(typeof COLUMNS)[number]>

/** Tokens of a prompt where a measurement does not say. */
const ASSUMED_PROMPT_TOKENS = 256

/**
 * Watts while a model is served. Steps take as long as they were measured to, so that errors are those of the power
 * model and not of the latency model; only prompts whose seconds nobody states take as long as predicted.
 */
export function* power(measurements: Measurements, catalogue: Catalogue): Generator<Outcome> {
  const rows = tableIn(measurements, 'power_energy.csv', COLUMNS)
  yield* outcomesOf(rows, row => [predicted(row, catalogue)])
}

function predicted(row: PowerRow, catalogue: Catalogue): Predicted {
  if (row.text('node_power_w') !== '') return wallWatts(row, catalogue)
  const subject = subjectIn(row, catalogue)
  checkFits(subject)
  const measured = row.positive('power_w_per_device')
  const limit = subject.device.tdpW.value
  if (measured > 1.5 * limit) {
    throw new Unusable(`power_w_per_device is ${measured}, far above the ${limit} W of ${subject.device.id}`)
  }
  const { watts, detail } = boardWatts(row, subject)
  const { device, model, engine, weights, parallelism } = subject
  return {
    ...{ device: device.id, model: model.id, engine: engine.id, weights, measured },
    metric: model.moe === undefined ? 'board W' : 'board W, experts',
    basis: device.power.floor.grade === 'measured' ? 'fitted' : 'new',
    predicted: watts,
    detail: `${devicesOf(parallelism)} devices, ${detail}`,
  }
}

/** All devices that the model lies on; those that do not share its layers do attention of their own. */
function subjectIn(row: PowerRow, catalogue: Catalogue): Subject {
  const device = deviceOf(catalogue, row.text('hardware'))
  const model = modelOf(catalogue, row.text('model_key'), row.text('model'))
  const [devices, tp] = [row.count('n_devices'), row.count('tp')]
  if (devices % tp !== 0) throw new Unusable(`tp ${tp} does not divide n_devices ${devices}`)
  const spread =
    model.moe === undefined ? { tp } : { tp: devices, attentionDp: devices / tp, ep: devices / tp }
  return subjectOf({
    ...{ device, model, ...spread },
    engine: engineOf(catalogue, `${row.text('engine')} (${row.text('source')})`),
    weights: dtypeOf(row.text('precision')),
    kv: defaultKv(device),
  })
}

/** Mean watts of one board. */
function boardWatts(row: PowerRow, subject: Subject): { readonly watts: number; readonly detail: string } {
  const fixed = /fixed (\d+)\/(\d+)/.exec(row.text('workload'))
  const served = servedOf(row, subject, fixed === null ? Number.NaN : Number(fixed[1]))
  const watts = (fixed === null ? steadyWatts : runWatts)(served)
  const prompts = fixed === null ? `; prompts are not stated: ${served.promptTokens} tokens assumed` : ''
  const batch = Math.round(served.sequences * 10) / 10
  return {
    watts: watts / devicesOf(subject.parallelism),
    detail: `${batch} sequences of ${Math.round(served.outputTokens)} output tokens${prompts}`,
  }
}

/** A batch under way on one replica. */
interface Served {
  readonly subject: Subject
  readonly energy: AffineEnergy
  readonly sequences: number
  readonly promptTokens: number
  readonly outputTokens: number
  /** Measured seconds from one token of a sequence to the next. */
  readonly stepS: number
}

function servedOf(row: PowerRow, subject: Subject, promptTokens: number): Served {
  const { parallelism, hardware, model, weights, latency } = subject
  const devices = devicesOf(parallelism)
  const replicas = row.count('n_devices') / devices
  const sequences = row.positive('batch_size_mean') / replicas
  const throughput = row.number('output_throughput_tok_s') / replicas
  const constants = hardware.power(weights, devices, NO_HOST)
  return checked({
    ...{ subject, sequences, outputTokens: row.positive('output_tokens_mean') },
    energy: new AffineEnergy(constants, new TransformerWork(model, parallelism), latency),
    promptTokens: Number.isNaN(promptTokens) ? ASSUMED_PROMPT_TOKENS : promptTokens,
    stepS: Number.isNaN(throughput) ? row.positive('tpot_p50_s') : sequences / throughput,
  })
}

const LONGEST_STEP_S = 10

/** Throws Unusable where the numbers cannot be those of a batch. */
function checked(served: Served): Served {
  const { sequences, promptTokens, outputTokens, stepS } = served
  if (!(stepS > 0 && stepS < LONGEST_STEP_S)) {
    throw new Unusable(
      `a step of ${stepS} s follows from batch and throughput; must be below ${LONGEST_STEP_S}`,
    )
  }
  if (outputTokens < 1) throw new Unusable(`output_tokens_mean is ${outputTokens}; must be >= 1`)
  if (sequences > MOST_SEQUENCES || sequences * promptTokens > MOST_TOKENS) {
    throw new Unusable(`${sequences} sequences of ${promptTokens} prompt tokens are beyond any batch`)
  }
  return served
}

/** Of a batch that is kept full: every step carries its share of the prompts of those that follow. */
function steadyWatts({ energy, subject, sequences, promptTokens, outputTokens, stepS }: Served): number {
  const batch = Math.max(1, Math.round(sequences))
  const prompts = batch / outputTokens
  const step: MixedStep = {
    ...{ sequences: batch, chunks: Math.round(prompts), chunkCachedTokens: 0, ordinal: 0 },
    contextTokens: Math.round(batch * (promptTokens + outputTokens / 2)),
    chunkTokens: Math.round(prompts * promptTokens),
    chunkPairs: prompts * causalPairs(promptTokens, 0, subject.latency.window),
    window: subject.latency.window,
  }
  return energy.stepJoules(step, stepS) / stepS
}

/** Of one batch from its prompts to its last token. */
function runWatts({ energy, subject, promptTokens, outputTokens, stepS, ...served }: Served): number {
  const { latency } = subject
  const { window } = latency
  const sequences = Math.max(1, Math.round(served.sequences))
  const prompts: MixedStep = {
    ...{ sequences: 0, contextTokens: 0, chunkCachedTokens: 0, ordinal: 0, window },
    ...{ chunks: sequences, chunkTokens: sequences * promptTokens },
    chunkPairs: sequences * causalPairs(promptTokens, 0, window),
  }
  const promptS = latency.stepSeconds(prompts)
  const batch = { sequences, contextTokens: sequences * promptTokens, window }
  const steps = Math.round(outputTokens - 1)
  const decodeS = steps * stepS
  const decodeJ = Math.min(
    energy.decodeJoules(batch, steps, decodeS, false),
    energy.decodeJoules(batch, steps, decodeS, true),
  )
  return (energy.stepJoules(prompts, promptS) + decodeJ) / (promptS + decodeS)
}

const NOTHING: Fact = { value: 0, grade: 'measured', source: '' }

/** What boards draw is measured without their host. */
const NO_HOST: NodeKind = {
  ...{ id: 'no host', device: '', devices: 1, islandDevices: 1, sources: {} },
  ...{ hostIdleW: NOTHING, hostLoadW: NOTHING },
}

/** A whole node at full load: its devices at their limit, and its host busy. */
function wallWatts(row: PowerRow, catalogue: Catalogue): Predicted {
  const device = deviceOf(catalogue, row.text('hardware'))
  const devices = row.count('n_devices')
  const node = [...catalogue.nodes.values()].find(
    known => known.device === device.id && known.devices === devices,
  )
  if (node === undefined) throw new Unusable(`the catalogue has no node with ${devices} x ${device.id}`)
  const note = row.text('note')
  return {
    ...{ device: device.id, engine: engineOf(catalogue, row.text('engine')).id, metric: 'node W', basis: '' },
    model: modelOf(catalogue, row.text('model_key'), row.text('model')).id,
    weights: dtypeOf(row.text('precision')),
    measured: row.positive('node_power_w'),
    predicted: devices * device.tdpW.value + node.hostLoadW.value,
    detail: `${devices} devices at their limit and the host of ${node.id}; ${row.text('phase_or_load')}`,
    ...(/^[^;]*MaxQ/.test(note) ? { doubt: 'devices ran below their power limit' } : {}),
  }
}
