import { deviceOf, dtypeOf, modelOf } from '../measurements/names.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { Catalogue, LlmModel } from '../scenario/facts.ts'
import type { Outcome } from './contract.ts'
import { elementwiseSeconds, gemmSeconds } from './kernels.ts'
import { type MatrixName, matrixOf } from './matrices.ts'
import { type OperatorRow, withinSeconds } from './operator-row.ts'
import { outcomesOf, type Predicted } from './outcomes.ts'

const PREFIX = 'layer_'

/** Matrix products among the parts of a layer that profilers time one by one. */
const PRODUCTS: Readonly<Record<string, MatrixName>> = {
  ...{ qkv_proj: 'qkv', q_proj: 'q', k_proj: 'k', v_proj: 'v', o_proj: 'o' },
  ...{ gate_up_proj: 'upGate', gate_proj: 'gate', up_proj: 'up', down_proj: 'down', lm_head: 'head' },
}

/** Elementwise parts, and how often a layer has each. */
const ELEMENTWISE: Readonly<Record<string, number>> = {
  ...{ layernorm: 2, input_layernorm: 1, post_layernorm: 1, qk_norm: 1 },
  ...{ rope: 1, rotary_emb: 1, act_fn: 1 },
}

/** Whether the row is one of the parts of a layer, some of which only have a price together. */
export function isLayerPart(row: OperatorRow): boolean {
  try {
    return row.text('op').startsWith(PREFIX)
  } catch {
    return false
  }
}

/**
 * Products are compared one by one, elementwise parts as their sum; and where the compiler has moved work from part
 * to part, as a note says, all of a layer as one sum.
 */
export function* layerOutcomes(rows: readonly OperatorRow[], catalogue: Catalogue): Generator<Outcome> {
  for (const parts of layersOf(rows)) {
    const isMoved = /use the sum/i.test(parts[0].text('note'))
    const isSummand = (row: OperatorRow) =>
      Object.hasOwn(ELEMENTWISE, partOf(row)) || (isMoved && isInLayer(partOf(row)))
    const sumUp = isMoved ? wholeLayer : elementwise
    yield* summed(parts.filter(isSummand), some => sumUp(some, catalogue))
    yield* outcomesOf(
      parts.filter(row => !isSummand(row)),
      row => [one(row, catalogue)],
    )
  }
}

/** Parts that are of one layer: of one profile, over as many devices, with as many tokens. */
function layersOf(rows: readonly OperatorRow[]): readonly (readonly OperatorRow[])[] {
  const keys = ['hardware', 'source_path', 'model', 'precision', 'n_devices', 'm_tokens'] as const
  const key = (row: OperatorRow) => keys.map(column => row.text(column)).join('\u0000')
  const layers = new Map<string, OperatorRow[]>()
  for (const row of rows) layers.set(key(row), [...(layers.get(key(row)) ?? []), row])
  return [...layers.values()]
}

/** One outcome for all of the rows, in the place of the first. */
function summed(
  rows: readonly OperatorRow[],
  predict: (rows: readonly OperatorRow[]) => Predicted,
): Iterable<Outcome> {
  return outcomesOf(rows.slice(0, 1), () => [predict(rows)])
}

function partOf(row: OperatorRow): string {
  return row.text('op').slice(PREFIX.length)
}

interface Common {
  readonly model: LlmModel
  readonly tp: number
  readonly tokens: number
  readonly predicted: Pick<Predicted, 'device' | 'model' | 'engine' | 'weights'>
}

function commonOf(row: OperatorRow, catalogue: Catalogue): Common {
  const device = deviceOf(catalogue, row.text('hardware')).id
  const model = modelOf(catalogue, row.text('model_key'), row.text('model'))
  const weights = dtypeOf(row.text('precision'))
  const [tp, tokens] = [row.count('n_devices'), row.count('m_tokens')]
  return { model, tp, tokens, predicted: { device, model: model.id, engine: '', weights } }
}

function one(row: OperatorRow, catalogue: Catalogue): Predicted {
  const { model, tp, tokens, predicted } = commonOf(row, catalogue)
  return {
    ...predicted,
    metric: row.text('op'),
    measured: withinSeconds(row),
    predicted: productSeconds(row, catalogue, model, tp, tokens),
    detail: `m ${tokens}, tp ${tp}`,
  }
}

function productSeconds(
  row: OperatorRow,
  catalogue: Catalogue,
  model: LlmModel,
  tp: number,
  tokens: number,
): number {
  const part = partOf(row)
  if (!Object.hasOwn(PRODUCTS, part)) throw new Unusable(`the operator ${PREFIX}${part} is not modelled`)
  const device = deviceOf(catalogue, row.text('hardware'))
  const weights = dtypeOf(row.text('precision'))
  return gemmSeconds(device, weights, matrixOf(model, tp, PRODUCTS[part]), tokens)
}

function elementwise(rows: readonly OperatorRow[], catalogue: Catalogue): Predicted {
  const { model, tp, tokens, predicted } = commonOf(rows[0], catalogue)
  const device = deviceOf(catalogue, rows[0].text('hardware'))
  const isSparse = model.moe?.moeLayers === model.layers
  const needed = [/norm$/, /^(rope|rotary_emb)$/, ...(isSparse ? [] : [/^act_fn$/])]
  if (!needed.every(kind => rows.some(row => kind.test(partOf(row))))) {
    throw new Unusable('not all elementwise parts of the layer are there')
  }
  return {
    ...predicted,
    metric: 'elementwise_per_layer',
    measured: sum(rows.map(row => ELEMENTWISE[partOf(row)] * withinSeconds(row))),
    predicted: elementwiseSeconds(device, model.hidden, model.ffn / tp, tokens),
    detail: `m ${tokens}, tp ${tp}, sum of ${rows.length} parts`,
  }
}

/** All parts but those outside layers; a part that is not there has been moved into another. */
function wholeLayer(rows: readonly OperatorRow[], catalogue: Catalogue): Predicted {
  const { model, tp, tokens, predicted } = commonOf(rows[0], catalogue)
  const device = deviceOf(catalogue, rows[0].text('hardware'))
  if (rows.length < 2) throw new Unusable('not all parts of the layer are there')
  const names: readonly MatrixName[] = ['qkv', 'o', 'upGate', 'down']
  const weights = dtypeOf(rows[0].text('precision'))
  const productsS = names.map(name => gemmSeconds(device, weights, matrixOf(model, tp, name), tokens))
  return {
    ...predicted,
    metric: 'layer but attention',
    measured: sum(rows.map(row => (ELEMENTWISE[partOf(row)] ?? 1) * withinSeconds(row))),
    predicted: sum(productsS) + elementwiseSeconds(device, model.hidden, model.ffn / tp, tokens),
    detail: `m ${tokens}, tp ${tp}, sum of ${rows.length} parts`,
  }
}

function isInLayer(part: string): boolean {
  return part !== 'lm_head' && (Object.hasOwn(PRODUCTS, part) || Object.hasOwn(ELEMENTWISE, part))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
