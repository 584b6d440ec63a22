import { UserError } from '../core/errors.ts'
import { kvHeadsPerDevice } from '../latency/transformer.ts'
import { dotted, type KeyPath, type Source } from './document.ts'
import { entryOf } from './entries.ts'
import type { Catalogue, Device, Dtype, Engine, LlmModel, NodeKind } from './facts.ts'
import { computeDtype, DTYPE_BYTES } from './hardware.ts'
import { type ReplicaMemory, sequenceTokens } from './memory.ts'
import type { ModelScenario, ParsedScenario, Pool } from './schema.ts'

/** A pool whose names have been looked up and whose parts go together. */
export interface ResolvedPool {
  readonly pool: Pool
  readonly node: NodeKind
  readonly device: Device
  readonly engine: Engine
  readonly model: LlmModel
  readonly replicasPerNode: number
  /** Throws a UserError about one of the pool's keys. */
  readonly fail: (path: KeyPath, message: string) => never
}

/** Throws a UserError at the first thing in the pool that does not exist or does not go together. */
export function resolvePool(
  parsed: ParsedScenario,
  { model: modelId, fleet }: ModelScenario,
  index: number,
  catalogue: Catalogue,
): ResolvedPool {
  const pool = fleet[index]
  const base: KeyPath = ['fleet', index]
  const fail = failing(parsed, base)
  const where = (...path: KeyPath) => `${parsed.place([...base, ...path])}: ${dotted([...base, ...path])}`
  const model = entryOf(catalogue, 'models', modelId, `${parsed.place(['model'])}: model`)
  const node = entryOf(catalogue, 'nodes', pool.node, where('node'))
  const device = entryOf(catalogue, 'devices', node.device, where('node'))
  const engine = entryOf(catalogue, 'engines', pool.engine, where('engine'))
  if (!device.engines.includes(engine.id)) {
    fail(
      ['engine'],
      `is "${engine.id}", which does not run on ${device.id}; known: ${device.engines.join(', ')}`,
    )
  }
  const parts = { pool, node, device, engine, model, fail }
  checkLayout(parts)
  checkDtypes(parts)
  checkBatcher(parts)
  return { ...parts, replicasPerNode: replicasPerNode(parts) }
}

/** Throws a UserError where weights or the longest request do not fit the replica's memory. */
export function checkMemory(
  { pool, device, engine, model, fail }: ResolvedPool,
  memory: ReplicaMemory,
): void {
  if (memory.kvBlocks === 0) {
    const { usableBytes, weightBytes, activationBytes, runtimeBytes, kvBytesPerToken } = memory
    const needed = weightBytes + activationBytes + runtimeBytes + kvBytesPerToken * engine.blockTokens
    const { tp, pp, weights } = pool.replica
    const what = `${model.id} in ${weights} needs ${gb(needed)} on ${tp * pp} x ${device.id}, ${gb(weightBytes)} of it weights`
    const over = `${gb(needed - usableBytes)} more than the ${gb(usableBytes)} that ${engine.id} may use`
    fail(['replica'], `does not fit its memory: ${what}; that is ${over}`)
  }
  const { max_model_len } = pool.batcher
  const mostTokens = sequenceTokens(memory, pool.replica.attention_dp, engine.blockTokens)
  if (max_model_len !== undefined && max_model_len > mostTokens) {
    const bound = `must be <= ${mostTokens}, the tokens that the KV pool holds`
    fail(['batcher', 'max_model_len'], `is ${max_model_len}; ${bound}`)
  }
}

export function gb(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}

type Parts = Omit<ResolvedPool, 'replicasPerNode'>

/** Throws UserErrors about keys of the map at the path. */
export function failing(source: Source, base: KeyPath): ResolvedPool['fail'] {
  return (path, message) => {
    const full = [...base, ...path]
    throw new UserError(`${source.place(full)}: ${dotted(full)} ${message}`)
  }
}

function checkLayout(parts: Parts): void {
  const { pool, node, device, model, fail } = parts
  const { tp, pp, attention_dp, ep } = pool.replica
  const divisor = (key: string, ways: number, of: number, what: string) => {
    if (of % ways !== 0) fail(['replica', key], `is ${ways}; must divide ${what}, ${of}`)
  }
  divisor('attention_dp', attention_dp, tp, 'tp')
  checkTp(parts)
  divisor('ep', ep, tp, 'tp')
  if (ep > 1 && model.moe === undefined) {
    fail(['replica', 'ep'], `is ${ep}; must be 1, as ${model.id} has no experts`)
  }
  divisor('ep', ep, model.moe?.experts ?? ep, `the experts of ${model.id}`)
  const most = Math.min(model.layers, Math.floor(node.devices / tp))
  if (pp > most) {
    fail(['replica', 'pp'], `is ${pp}; must be <= ${most}, as ${node.id} has ${node.devices} devices`)
  }
  const { collective, sendReceive } = device.operators
  const linked = { attention_dp: [attention_dp, collective], pp: [pp, sendReceive] } as const
  for (const [key, [ways, constants]] of Object.entries(linked)) {
    if (ways > 1 && (constants === undefined || device.linkGbPerS === undefined)) {
      fail(['replica', key], `is ${ways}; must be 1, as ${device.id} has no link for it`)
    }
  }
}

function checkTp({ pool, node, device, model, fail }: Parts): void {
  const { tp, attention_dp } = pool.replica
  const path: KeyPath = ['replica', 'tp']
  if (tp > node.islandDevices) {
    fail(path, `is ${tp}; must be <= ${node.islandDevices}, the devices of an island of ${node.id}`)
  }
  const sharers = tp / attention_dp
  const is =
    attention_dp === 1 ? `is ${tp}` : `is ${tp}, ${sharers} for each of ${attention_dp} attention ranks`
  if (model.heads % sharers !== 0) fail(path, `${is}; must divide the ${model.heads} heads of ${model.id}`)
  const perDevice = kvHeadsPerDevice(model, sharers)
  const isCopied = sharers > model.kvHeads && sharers % model.kvHeads !== 0
  if (model.mla === undefined && (!Number.isInteger(perDevice) || isCopied)) {
    fail(path, `${is}; must divide or be a multiple of the ${model.kvHeads} KV heads of ${model.id}`)
  }
  if (tp > 1 && (device.linkGbPerS === undefined || device.operators.allReduce === undefined)) {
    fail(path, `is ${tp}; must be 1, as ${device.id} has no scale-up link`)
  }
}

function checkDtypes({ pool, device, fail }: Parts): void {
  const { weights, kv } = pool.replica
  const able = (Object.keys(DTYPE_BYTES) as Dtype[]).filter(
    dtype => computeDtype(device, dtype) !== undefined,
  )
  if (!able.includes(weights)) {
    fail(
      ['replica', 'weights'],
      `is "${weights}", which ${device.id} does not support; known: ${able.join(', ')}`,
    )
  }
  const kvs = Object.keys(device.operators.attentionDecode)
  if (!kvs.includes(kv)) {
    fail(['replica', 'kv'], `is "${kv}", which ${device.id} does not support; known: ${kvs.join(', ')}`)
  }
}

function checkBatcher({ pool, model, fail }: Parts): void {
  const { token_budget, max_sequences, max_model_len } = pool.batcher
  if (token_budget < max_sequences) {
    fail(['batcher', 'token_budget'], `is ${token_budget}; must be >= max_sequences, ${max_sequences}`)
  }
  if (max_model_len !== undefined && max_model_len > model.maxContextTokens) {
    const bound = `must be <= ${model.maxContextTokens}, the context of ${model.id}`
    fail(['batcher', 'max_model_len'], `is ${max_model_len}; ${bound}`)
  }
}

/** As many as given, or as the node's islands hold. */
function replicasPerNode({ pool, node, fail }: Parts): number {
  const { tp, pp, replicas_per_node } = pool.replica
  const islands = Math.floor(node.devices / node.islandDevices)
  const most = Math.floor((islands * Math.floor(node.islandDevices / tp)) / pp)
  if (replicas_per_node === undefined) return most
  if (replicas_per_node > most) {
    const bound = `must be <= ${most}, as ${node.id} has ${islands} x ${node.islandDevices} devices`
    fail(['replica', 'replicas_per_node'], `is ${replicas_per_node}; ${bound}`)
  }
  return replicas_per_node
}
