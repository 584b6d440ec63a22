import { UserError } from '../core/errors.ts'
import { nearest, suggestion } from '../core/nearest.ts'
import { dotted, type KeyPath } from './document.ts'
import { entryOf } from './entries.ts'
import type { Catalogue, Dtype } from './facts.ts'
import { computeDtype, DTYPE_BYTES } from './hardware.ts'
import { checkLayout } from './layout-checks.ts'
import { type Fail, failing, type PoolParts } from './pool-parts.ts'
import type { Pool } from './pool-schema.ts'
import type { ModelScenario, ParsedScenario } from './schema.ts'

/** Throws a UserError at the first thing in the pool that does not exist or does not go together. */
export function resolvePool(
  parsed: ParsedScenario,
  scenario: ModelScenario,
  index: number,
  catalogue: Catalogue,
): PoolParts[] {
  const pool = scenario.fleet[index]
  const base: KeyPath = ['fleet', index]
  const fail = failing(parsed, base)
  const at = (path: KeyPath) => `${parsed.place(path)}: ${dotted(path)}`
  const models = modelIds(scenario, index, fail).map(([id, path]) => {
    const modelAt = at(path)
    return { model: entryOf(catalogue, 'models', id, modelAt), modelAt }
  })
  const { ground, groundIndex } = groundOf(scenario.fleet, index, fail)
  const onNode = at(['fleet', groundIndex, 'node'])
  const node = entryOf(catalogue, 'nodes', ground.node, onNode)
  const device = entryOf(catalogue, 'devices', node.device, onNode)
  const engine = entryOf(catalogue, 'engines', pool.engine, at([...base, 'engine']))
  if (!device.engines.includes(engine.id)) {
    fail(
      ['engine'],
      `is "${engine.id}", which does not run on ${device.id}; known: ${device.engines.join(', ')}`,
    )
  }
  const place = { pool, index, ground, groundIndex, node, nodes: ground.nodes, device, engine }
  const parts = models.map(model => ({ ...place, ...model, turns: models.length, fail }))
  parts.forEach(checkParts)
  return parts
}

/** Ids of the pool's models with where they are written. Throws a UserError where one is written twice. */
function modelIds({ model, fleet }: ModelScenario, index: number, fail: Fail): [id: string, path: KeyPath][] {
  const { model: own } = fleet[index]
  const path: KeyPath = ['fleet', index, 'model']
  if (own === undefined) return [[model, ['model']]]
  if (typeof own === 'string') return [[own, path]]
  const again = own.findIndex((id, i) => own.indexOf(id) < i)
  if (again >= 0) fail(['model', again], `is "${own[again]}" again; must be another model`)
  return own.map((id, i) => [id, [...path, i]])
}

function groundOf(fleet: readonly Pool[], index: number, fail: Fail) {
  const pool = fleet[index]
  if (!('on' in pool)) return { ground: pool, groundIndex: index }
  const groundIndex = fleet.findIndex(({ name }) => name === pool.on)
  const names = fleet.flatMap(other => (!('on' in other) && other.name !== undefined ? [other.name] : []))
  const ground = fleet[groundIndex]
  if (ground === undefined) {
    return fail(['on'], `is "${pool.on}"; no pool is called that: ${suggestion(pool.on, names)}`)
  }
  if ('on' in ground) {
    const known = names.length > 0 ? `known: ${names.join(', ')}` : 'no named pool has'
    return fail(['on'], `is "${pool.on}", which has no nodes of its own; ${known}`)
  }
  return { ground, groundIndex }
}

function checkParts(parts: PoolParts): void {
  checkSupport(parts)
  checkLayout(parts)
  checkDtypes(parts)
  checkBatcher(parts)
  checkTurns(parts)
}

/** What a device's software is known to serve binds; where nothing is known all may be tried. */
function checkSupport({ index, device, model, modelAt }: PoolParts): void {
  const known = device.models?.value
  if (known === undefined || known.includes('any') || known.includes(model.id)) return
  const near = nearest(model.id, known)
  const others = near.length > 0 ? `served there: ${near.join(', ')}` : `known: ${known.join(', ')}`
  throw new UserError(
    `${modelAt} is "${model.id}", which ${device.id} of fleet[${index}] is not known to serve; ${others}`,
  )
}

function checkTurns({ pool, turns, fail }: PoolParts): void {
  if (turns > 1 && pool.patience_s === undefined) {
    fail(['model'], `has ${turns} models; the pool must have patience_s, for how long those of another wait`)
  }
  if (turns === 1 && pool.patience_s !== undefined) {
    fail(['patience_s'], `is ${pool.patience_s}; must be left out, as the pool has one model`)
  }
}

function checkDtypes({ pool, device, fail }: PoolParts): void {
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

function checkBatcher({ pool, model, fail }: PoolParts): void {
  const { token_budget, chunk_budget = 0, max_sequences, max_model_len } = pool.batcher
  if (token_budget < max_sequences) {
    fail(['batcher', 'token_budget'], `is ${token_budget}; must be >= max_sequences, ${max_sequences}`)
  }
  if (chunk_budget > token_budget) {
    fail(['batcher', 'chunk_budget'], `is ${chunk_budget}; must be <= token_budget, ${token_budget}`)
  }
  if (max_model_len !== undefined && max_model_len > model.maxContextTokens) {
    const bound = `must be <= ${model.maxContextTokens}, the context of ${model.id}`
    fail(['batcher', 'max_model_len'], `is ${max_model_len}; ${bound}`)
  }
}
