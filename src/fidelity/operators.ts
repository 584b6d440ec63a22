import type { Measurements } from '../measurements/contract.ts'
import { deviceOf, dtypeOf, engineOf, modelOf } from '../measurements/names.ts'
import { tableIn } from '../measurements/table.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { Catalogue } from '../scenario/facts.ts'
import type { Outcome } from './contract.ts'
import {
  type Attention,
  allReduceSeconds,
  attentionDecodeSeconds,
  attentionPrefillSeconds,
  collectiveSeconds,
  elementwiseSeconds,
  gemmSeconds,
  sendSeconds,
} from './kernels.ts'
import { isLayerPart, layerOutcomes } from './layer-parts.ts'
import { type MatrixName, matrixOf, routedExpertsOf } from './matrices.ts'
import { OPERATOR_COLUMNS, type OperatorRow, withinSeconds } from './operator-row.ts'
import { outcomesOf, type Predicted } from './outcomes.ts'

/** Kernels and collectives, each by itself: what the constants of a device say without a model around them. */
export function* operators(measurements: Measurements, catalogue: Catalogue): Generator<Outcome> {
  const rows = tableIn(measurements, 'operator_times.csv', OPERATOR_COLUMNS)
  yield* outcomesOf(
    rows.filter(row => !isLayerPart(row)),
    row => [predicted(row, catalogue)],
  )
  yield* layerOutcomes(rows.filter(isLayerPart), catalogue)
}

function predicted(row: OperatorRow, catalogue: Catalogue): Predicted {
  const op = row.text('op')
  const kind: Kind | undefined = Object.hasOwn(KINDS, op) ? KINDS[op as keyof typeof KINDS] : undefined
  if (kind === undefined) throw new Unusable(`the operator ${op || '(blank)'} is not modelled`)
  const note = row.text('note')
  return {
    ...{ device: deviceOf(catalogue, row.text('hardware')).id, model: '', engine: '', metric: op },
    weights: dtypeOf(row.text('precision')),
    measured: withinSeconds(row),
    ...kind(row, catalogue),
    ...(note.startsWith('SUSPECT') ? { doubt: note } : {}),
  }
}

/** What a kind of operator says of a row beside what all of them do. */
type Kind = (
  row: OperatorRow,
  catalogue: Catalogue,
) => Pick<Predicted, 'predicted' | 'detail'> & Partial<Predicted>

const KINDS = {
  gemm: (row, catalogue) => {
    const [m, columns, depth] = [row.count('m_tokens'), row.count('n'), row.count('k')]
    const device = deviceOf(catalogue, row.text('hardware'))
    const seconds = gemmSeconds(device, dtypeOf(row.text('precision')), { columns, depth }, m)
    return { predicted: seconds, detail: `m ${m}, n ${columns}, k ${depth}` }
  },
  gemm_qkv: product('qkv'),
  gemm_o: product('o'),
  gemm_up_gate: product('upGate'),
  gemm_down: product('down'),
  attn_prefill: (row, catalogue) => {
    const device = deviceOf(catalogue, row.text('hardware'))
    const [chunks, tokens, kv] = [row.count('batch_size'), row.count('q_len'), row.count('kv_len')]
    if (kv < tokens) throw new Unusable(`kv_len ${kv} is below q_len ${tokens}: the row contradicts itself`)
    const attention = attentionOf(row)
    return {
      predicted: attentionPrefillSeconds(device, attention, chunks, tokens, kv - tokens),
      weights: attention.kv,
      detail: `${chunks} x ${tokens} tokens after ${kv - tokens}, ${headsText(attention)}`,
    }
  },
  attn_decode: (row, catalogue) => {
    const device = deviceOf(catalogue, row.text('hardware'))
    const [sequences, kv] = [row.count('batch_size'), row.count('kv_len')]
    const attention = attentionOf(row)
    return {
      predicted: attentionDecodeSeconds(device, attention, sequences, sequences * kv),
      weights: attention.kv,
      detail: `${sequences} x ${kv} tokens, ${headsText(attention)}`,
    }
  },
  allreduce: (row, catalogue) => {
    const device = deviceOf(catalogue, row.text('hardware'))
    const launch = /_(graph|eager)\b/.exec(row.text('note'))?.[1]
    if (launch === undefined)
      throw new Unusable('the note does not say whether a graph launches the all-reduce')
    const { devices, bytes, detail } = exchangeOf(row)
    const seconds = allReduceSeconds(device, devices, bytes, launch === 'graph')
    return { predicted: seconds, metric: `allreduce ${launch}`, detail }
  },
  nccl_all_reduce: collective(2),
  nccl_all_gather: collective(1),
  nccl_reduce_scatter: collective(1),
  nccl_alltoall: collective(1),
  nccl_send_recv: (row, catalogue) => {
    const { bytes, detail } = exchangeOf(row)
    return { predicted: sendSeconds(deviceOf(catalogue, row.text('hardware')), bytes), detail }
  },
  elementwise_per_layer: (row, catalogue) => {
    const device = deviceOf(catalogue, row.text('hardware'))
    const model = modelOf(catalogue, row.text('model_key'), row.text('model'))
    const [tokens, tp] = [row.count('m_tokens'), row.count('n_devices')]
    return {
      predicted: elementwiseSeconds(device, model.hidden, model.ffn / tp, tokens),
      ...{ model: model.id, detail: `m ${tokens}, tp ${tp}` },
    }
  },
  moe_layer: (row, catalogue) => {
    const device = deviceOf(catalogue, row.text('hardware'))
    const model = modelOf(catalogue, row.text('model_key'), row.text('model'))
    const engine = engineOf(catalogue, row.text('engine'))
    const [tokens, touched, tp] = [row.count('m_tokens'), row.count('n'), row.count('n_devices')]
    const experts = routedExpertsOf(model, tp)
    const rows = tokens * experts.perToken
    if (touched > Math.min(rows, experts.count)) {
      throw new Unusable(`n ${touched} experts are more than ${tokens} tokens of ${model.id} can touch`)
    }
    const weights = dtypeOf(row.text('precision'))
    const productsS = experts.matrices.map(matrix => gemmSeconds(device, weights, matrix, rows, touched))
    const routingS = (engine.onDevice?.[device.id]?.moeLayerUs ?? engine.moeLayerUs).value * 1e-6
    return {
      predicted: productsS.reduce((sum, seconds) => sum + seconds, routingS),
      ...{ model: model.id, engine: engine.id, detail: `m ${tokens}, ${touched} experts, tp ${tp}` },
    }
  },
} as const satisfies Record<string, Kind>

/** One of the products of a dense layer, whose sizes are the model's unless the row gives them. */
function product(name: MatrixName): Kind {
  return (row, catalogue) => {
    const device = deviceOf(catalogue, row.text('hardware'))
    const model = modelOf(catalogue, row.text('model_key'), row.text('model'))
    const [tokens, tp] = [row.count('m_tokens'), row.count('n_devices')]
    const isGiven = row.text('n') !== '' && row.text('k') !== ''
    const matrix = isGiven ? { columns: row.count('n'), depth: row.count('k') } : matrixOf(model, tp, name)
    return {
      predicted: gemmSeconds(device, dtypeOf(row.text('precision')), matrix, tokens),
      model: model.id,
      detail: `m ${tokens}, n ${matrix.columns}, k ${matrix.depth}, tp ${tp}`,
    }
  }
}

/** A collective of the vendor's library, of which a ring makes so many rounds. */
function collective(rounds: number): Kind {
  return (row, catalogue) => {
    const { devices, bytes, detail } = exchangeOf(row)
    const device = deviceOf(catalogue, row.text('hardware'))
    return { predicted: collectiveSeconds(device, devices, bytes, rounds), detail }
  }
}

function attentionOf(row: OperatorRow): Attention {
  const [heads, kvHeads] = [row.count('n_heads'), row.count('n_kv_heads')]
  if (heads % kvHeads !== 0) {
    throw new Unusable(`n_kv_heads ${kvHeads} does not divide n_heads ${heads}: the row contradicts itself`)
  }
  return { heads, kvHeads, headDim: row.count('head_dim'), kv: dtypeOf(row.text('kv_precision')) }
}

function headsText({ heads, kvHeads, headDim }: Attention): string {
  return `${heads}/${kvHeads} heads of ${headDim}`
}

/** What an exchange moves. Throws Unusable where it leaves the island. */
function exchangeOf(row: OperatorRow): { devices: number; bytes: number; detail: string } {
  const [devices, bytes] = [row.count('n_devices'), row.positive('message_bytes')]
  if (devices < 2) throw new Unusable(`n_devices is ${devices}; an exchange needs 2 or more`)
  const perNode = /devices_per_node=(\d+)/.exec(row.text('note'))?.[1]
  if (perNode !== undefined && Number(perNode) < devices) {
    throw new Unusable('the exchange crosses nodes: only exchanges inside an island are modelled')
  }
  return { devices, bytes, detail: `${devices} devices, ${bytes} bytes` }
}
