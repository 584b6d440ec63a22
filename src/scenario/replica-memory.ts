import type { Hardware } from './hardware.ts'
import { type ReplicaMemory, replicaMemory, sequenceTokens } from './memory.ts'
import { gb, type PoolParts, parallelismOf } from './pool-parts.ts'
import { checkDraft, type Drafting } from './speculation.ts'
import { isPaged } from './stack.ts'

/** What the memory of a replica holds. Throws a UserError where it does not hold what it must. */
export function checkedMemory(
  parts: PoolParts,
  hardware: Hardware,
  drafting: Drafting | undefined,
): ReplicaMemory {
  const whole = memoryOf(parts, hardware, drafting)
  if (drafting?.draft !== undefined && memoryOf(parts, hardware, undefined).kvBlocks > 0) {
    checkDraft(parts, drafting, whole)
  }
  checkWeights(parts, whole)
  checkLength(parts, whole)
  if (!isPaged(parts)) checkSlots(parts, whole)
  return whole
}

/** Tokens of a KV block: the pool's own, or the engine's. */
export function blockTokensOf({ pool, engine }: PoolParts): number {
  return pool.kv.block_tokens ?? engine.blockTokens
}

/** Most tokens of a request: as given, or as many as model and memory allow. */
export function maxModelLenOf(parts: PoolParts, memory: ReplicaMemory): number {
  const mostTokens = sequenceTokens(memory, parts.pool.replica.attention_dp, blockTokensOf(parts))
  return parts.pool.batcher.max_model_len ?? Math.min(parts.model.maxContextTokens, mostTokens)
}

/** Requests that run at once on all attention ranks. */
export function slotsOf({ pool }: PoolParts): number {
  return pool.batcher.max_sequences * pool.replica.attention_dp
}

function memoryOf(parts: PoolParts, hardware: Hardware, drafting: Drafting | undefined): ReplicaMemory {
  const { pool, model } = parts
  return replicaMemory({
    model,
    parallelism: parallelismOf(pool.replica),
    ...hardware.memory,
    tokenBudget: pool.batcher.token_budget,
    maxSequences: pool.batcher.max_sequences,
    blockTokens: blockTokensOf(parts),
    ...(drafting?.draft && { draft: drafting.draft }),
  })
}

function checkWeights(parts: PoolParts, memory: ReplicaMemory): void {
  if (memory.kvBlocks > 0) return
  const { pool, device, engine, model, fail } = parts
  const { usableBytes, weightBytes, activationBytes, runtimeBytes, kvBytesPerToken } = memory
  const needed = weightBytes + activationBytes + runtimeBytes + kvBytesPerToken * blockTokensOf(parts)
  const { tp, pp, weights } = pool.replica
  const what = `${model.id} in ${weights} needs ${gb(needed)} on ${tp * pp} x ${device.id}, ${gb(weightBytes)} of it weights`
  const over = `${gb(needed - usableBytes)} more than the ${gb(usableBytes)} that ${engine.id} may use`
  fail(['replica'], `does not fit its memory: ${what}; that is ${over}`)
}

function checkLength(parts: PoolParts, memory: ReplicaMemory): void {
  const { pool, fail } = parts
  const { max_model_len } = pool.batcher
  const mostTokens = sequenceTokens(memory, pool.replica.attention_dp, blockTokensOf(parts))
  if (max_model_len !== undefined && max_model_len > mostTokens) {
    const bound = `must be <= ${mostTokens}, the tokens that the KV pool holds`
    fail(['batcher', 'max_model_len'], `is ${max_model_len}; ${bound}`)
  }
}

/** Without paging every request takes the room of the longest. */
function checkSlots(parts: PoolParts, memory: ReplicaMemory): void {
  const { pool, fail } = parts
  const { max_model_len, max_sequences } = pool.batcher
  if (max_model_len === undefined) {
    return fail(
      ['batcher'],
      'has no max_model_len; must have it, as without paging it is set apart for every request',
    )
  }
  const tokens = sequenceTokens(memory, pool.replica.attention_dp, blockTokensOf(parts))
  const blocks = Math.ceil(max_model_len / blockTokensOf(parts)) * blockTokensOf(parts)
  const most = Math.floor(tokens / blocks)
  if (max_sequences > most) {
    const bound = `must be <= ${most}: the KV pool holds ${tokens} tokens, and without paging each takes ${max_model_len}`
    fail(['batcher', 'max_sequences'], `is ${max_sequences}; ${bound}`)
  }
}
