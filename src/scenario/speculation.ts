import type { Random } from '../core/random.ts'
import { acceptedChances, tokensPerStep } from '../latency/acceptance.ts'
import type { Pace } from '../latency/contract.ts'
import type { Parallelism } from '../latency/layout.ts'
import { expectedPace, tracedPace } from '../latency/pace.ts'
import { weightBytes } from '../latency/products.ts'
import { sampledPace } from '../latency/sampled-pace.ts'
import { headOf } from '../latency/speculative.ts'
import { kvBytesPerToken, type Transformer } from '../latency/transformer.ts'
import { entryOf } from './entries.ts'
import type { FactReader } from './evidence.ts'
import type { Catalogue } from './facts.ts'
import { attentionMistake } from './layout-checks.ts'
import type { ReplicaMemory } from './memory.ts'
import { gb, type PoolParts, parallelismOf } from './pool-parts.ts'

/** What proposes tokens to the model of a replica. */
export interface Drafting {
  /** Proposed in a step. */
  readonly tokens: number
  /** Absent where proposals cost nothing. */
  readonly draft?: Draft
}

export interface Draft {
  readonly name: string
  readonly model: Transformer
  readonly parallelism: Parallelism
  /** That it takes beside the model, over all devices of the replica; and of each context token. */
  readonly weightBytes: number
  readonly kvBytesPerToken: number
}

/** Undefined where the pool does not speculate. Throws a UserError where the draft does not go with the replica. */
export function draftingOf(parts: PoolParts, catalogue: Catalogue, where: string): Drafting | undefined {
  const { pool, fail } = parts
  if (pool.speculation === undefined) return undefined
  const { draft, tokens } = pool.speculation
  if (pool.latency.model !== 'operators') {
    fail(['speculation'], 'is given; must be left out where latency is a law of your own')
  }
  if (draft === 'none') return { tokens }
  return {
    tokens,
    draft: typeof draft === 'string' ? modelDraft(parts, draft, catalogue, where) : headDraft(parts, draft),
  }
}

function modelDraft(parts: PoolParts, id: string, catalogue: Catalogue, where: string): Draft {
  const { pool, fail } = parts
  const model = entryOf(catalogue, 'models', id, where)
  const { tp, attention_dp, pp } = pool.replica
  const mistake = attentionMistake(model, model.id, tp / attention_dp)
  if (mistake !== undefined) fail(['speculation', 'draft'], `is "${id}" on tp ${tp}; ${mistake}`)
  if (pp > model.layers)
    fail(['speculation', 'draft'], `is "${id}" with ${model.layers} layers; must have ${pp}, one a stage`)
  const all = parallelismOf(pool.replica)
  const parallelism = model.moe === undefined ? { ...all, ep: 1 } : all
  return {
    name: id,
    model,
    parallelism,
    weightBytes: weightBytes(model, parallelism),
    kvBytesPerToken: kvBytesPerToken(model, parallelism),
  }
}

/** Embedding and output layer are the model's own. */
function headDraft({ pool, model }: PoolParts, { head_layers }: { readonly head_layers: number }): Draft {
  const parallelism = parallelismOf(pool.replica)
  const head = headOf(model, head_layers / model.layers)
  const shared = weightBytes(headOf(model, 0), parallelism)
  return {
    name: `a prediction head of ${model.id}`,
    model: head,
    parallelism,
    weightBytes: weightBytes(head, parallelism) - shared,
    kvBytesPerToken: kvBytesPerToken(head, parallelism),
  }
}

/** Throws a UserError where model and draft do not fit the replica's memory together, though the model does. */
export function checkDraft({ model, fail }: PoolParts, { draft }: Drafting, memory: ReplicaMemory): void {
  if (draft === undefined || memory.kvBlocks > 0) return
  const { usableBytes, weightBytes: model_, activationBytes, runtimeBytes } = memory
  const others = model_ + activationBytes + runtimeBytes
  fail(
    ['speculation', 'draft'],
    `does not fit: ${draft.name} needs ${gb(draft.weightBytes)} beside the ${gb(others)} of ${model.id}; ` +
      `the replica may use ${gb(usableBytes)}`,
  )
}

/** How many tokens steps emit. Throws a UserError where the acceptance does not go with the proposed tokens. */
export function paceOf(parts: PoolParts, facts: FactReader, random: Random): Pace {
  const { pool, fail } = parts
  const { acceptance, tokens, mode } = pool.speculation!
  const path = ['speculation', 'acceptance']
  if (typeof acceptance === 'object' && 'counts' in acceptance) {
    const most = Math.max(...acceptance.counts)
    if (most > tokens)
      fail([...path, 'counts'], `has ${most}; must be <= ${tokens}, the tokens that are proposed`)
    return tracedPace(acceptance.counts)
  }
  if (typeof acceptance === 'object' && acceptance.length !== tokens) {
    fail(path, `has ${acceptance.length} positions; must have ${tokens}, one for each token that is proposed`)
  }
  const chances = acceptance === undefined ? headChances(parts, facts) : acceptedChances(acceptance, tokens)
  if (mode === 'expected') return expectedPace(tokensPerStep(chances))
  return sampledPace(Math.floor(random() * 4294967296), chances)
}

/** Chances that at least 1, 2, ... are accepted, as known of the model's own head. Throws a UserError if not. */
function headChances({ pool, model, fail }: PoolParts, facts: FactReader): number[] {
  const { draft, tokens } = pool.speculation!
  const missing = (why: string) => fail(['speculation'], `has no acceptance; must have it, as ${why}`)
  if (typeof draft === 'string') return missing(`the draft is ${draft} and no head of ${model.id}`)
  if (model.predictionHead === undefined) return missing(`no prediction head of ${model.id} is known`)
  const { layers, chances } = model.predictionHead
  if (draft.head_layers !== layers) {
    return missing(`the prediction head of ${model.id} is ${layers} deep, and this one ${draft.head_layers}`)
  }
  if (tokens > chances.length) {
    return missing(
      `that of ${model.id} is known for up to ${chances.length} tokens, and ${tokens} are proposed`,
    )
  }
  return chances
    .slice(0, tokens)
    .map((fact, i) => facts.take(`${model.id} predictionHead.chances[${i}]`, fact, 'high'))
}
