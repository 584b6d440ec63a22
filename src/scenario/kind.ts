import { batchers } from '../batching/registry.ts'
import { type Random, stream } from '../core/random.ts'
import { AffineEnergy, type PowerConstants } from '../energy/affine.ts'
import { CompiledEnergy } from '../energy/compiled.ts'
import type { EnergyModel } from '../energy/contract.ts'
import type { Place } from '../fleet/placement.ts'
import { Compiled } from '../latency/compiled.ts'
import type { OperatorConstants } from '../latency/constants.ts'
import type { LatencyModel, Work } from '../latency/contract.ts'
import { devicesOf, type Parallelism, placesOf } from '../latency/layout.ts'
import { Padding } from '../latency/padding.ts'
import { latencyModels } from '../latency/registry.ts'
import { speculative, speculativeWork } from '../latency/speculative.ts'
import { sped } from '../latency/sped.ts'
import { TransformerWork } from '../latency/work.ts'
import type { Outside, ReplicaKind } from '../replicas/contract.ts'
import type { FactReader } from './evidence.ts'
import type { Catalogue } from './facts.ts'
import { Hardware } from './hardware.ts'
import { prefixCacheOf, swapOf } from './kv-store.ts'
import type { ReplicaMemory } from './memory.ts'
import { orderOf } from './order.ts'
import { acrossNodes } from './pipeline-hops.ts'
import { type PoolParts, parallelismOf } from './pool-parts.ts'
import { nodeUsdPerHour } from './prices.ts'
import { blockTokensOf, checkedMemory, maxModelLenOf, slotsOf } from './replica-memory.ts'
import type { ModelScenario } from './schema.ts'
import { type Drafting, draftingOf, paceOf } from './speculation.ts'
import { isPaged, type Stack, stackOf } from './stack.ts'

/** A kind of replica with what it was made of, for reports. */
export interface MadeKind {
  readonly kind: ReplicaKind
  readonly memory: ReplicaMemory
  readonly power: PowerConstants
  readonly usdPerDeviceHour: number
  readonly stack?: Stack
}

/** What a kind is made from. */
export interface KindInput {
  readonly parts: PoolParts
  readonly name: string
  readonly places: readonly (readonly Place[])[]
  readonly scenario: ModelScenario
  readonly catalogue: Catalogue
  readonly facts: FactReader
  /** Index into the course's models; absent where all requests ask for one. */
  readonly modelId?: number
  /** Where the pool's draft is named, for messages. */
  readonly draftAt: string
}

/** The replicas of a pool for one of its models. Throws a UserError that names file, line, key, value and bound. */
export function madeKind(input: KindInput): MadeKind {
  const { parts, facts, catalogue, draftAt } = input
  const parallelism = parallelismOf(parts.pool.replica)
  const hardware = new Hardware(parts.device, parts.engine, facts)
  const drafting = draftingOf(parts, catalogue, draftAt)
  const memory = checkedMemory(parts, hardware, drafting)
  const stack = stackOf(parts, { maxModelLen: maxModelLenOf(parts, memory) }, facts)
  const padding = stack && new Padding(stack.buckets)
  const latency = latencyOf(input, parallelism, hardware, drafting, stack)
  const power = hardware.power(parts.pool.replica.weights, devicesOf(parallelism), parts.node)
  const usdPerDeviceHour = nodeUsdPerHour(parts.ground, parts.node, facts) / parts.node.devices
  const energy = new AffineEnergy(power, workOf(parts, parallelism, drafting), latency)
  return {
    kind: {
      ...batching(parts, parallelism, memory),
      ...features(input, memory, stack),
      name: input.name,
      deviceKind: parts.device.kind,
      devices: devicesOf(parallelism),
      latency: padding === undefined ? latency : new Compiled(latency, padding),
      energy: padding === undefined ? energy : (new CompiledEnergy(energy, padding) as EnergyModel),
      frontEndS: hardware.frontEndS,
      usdPerHour: devicesOf(parallelism) * usdPerDeviceHour,
      saturationRequestsPerS: Number.NaN,
      saturationTokensPerS: Number.NaN,
    },
    memory,
    power,
    usdPerDeviceHour,
    ...(stack && { stack }),
  }
}

/** `tp4 pp2` */
export function layoutName({ tp, pp, attentionDp, ep }: Parallelism): string {
  const parts = Object.entries({ pp, dp: attentionDp, ep }).filter(([, ways]) => ways > 1)
  return [`tp${tp}`, ...parts.map(([name, ways]) => `${name}${ways}`)].join(' ')
}

/** How requests are batched, and in which memory. Every micro-batch of a rank has the token budget. */
function batching(parts: PoolParts, parallelism: Parallelism, memory: ReplicaMemory) {
  const { name, token_budget, chunk_budget, max_prefills, watermark_share } = parts.pool.batcher
  const places = placesOf(parallelism)
  const order = orderOf(parts)
  return {
    batcher: batchers[name].batcher,
    tokenBudget: token_budget * places,
    maxSequences: slotsOf(parts),
    maxModelLen: maxModelLenOf(parts, memory),
    kvBlocks: kvBlocksOf(parts, memory),
    blockTokens: blockTokensOf(parts),
    watermarkBlocks: Math.floor(watermark_share * memory.kvBlocks),
    ...(order && { order }),
    ...(chunk_budget === undefined ? {} : { chunkBudget: chunk_budget * places }),
    ...(max_prefills === undefined ? {} : { maxPrefills: max_prefills }),
  }
}

/** Blocks that serve requests: without paging, those of whole slots. */
function kvBlocksOf(parts: PoolParts, memory: ReplicaMemory): number {
  if (isPaged(parts)) return memory.kvBlocks
  const slotBlocks = Math.ceil(maxModelLenOf(parts, memory) / blockTokensOf(parts))
  return memory.kvBlocks - (memory.kvBlocks % slotBlocks)
}

/** What few replicas have. */
function features({ parts, scenario, facts, modelId }: KindInput, memory: ReplicaMemory, stack?: Stack) {
  const { pool, index } = parts
  const swap = swapOf(parts, memory.kvBytesPerToken, facts)
  const prefixCache = prefixCacheOf(parts, scenario, memory.kvBytesPerToken, facts)
  return {
    ...(isPaged(parts) ? {} : { reservedTokens: maxModelLenOf(parts, memory) }),
    ...(swap && { swap }),
    ...(prefixCache && { prefixCache }),
    ...(pool.speculation && { pace: paceOf(parts, facts, stream(scenario.seed, `speculation/${index}`)) }),
    ...(scenario.disaggregation && { kvBytesPerToken: wireBytesPerToken(parts) }),
    ...(pool.role === 'both' ? {} : { role: pool.role }),
    ...(stack && stack.startS > 0 ? { startS: stack.startS } : {}),
    ...(pool.outside && { outside: outsideOf(pool.outside) }),
    ...(modelId === undefined ? {} : { modelId }),
  }
}

/** Of a context token on its way to another replica: every head once, however many devices hold it. */
function wireBytesPerToken({ model, pool }: PoolParts): number {
  return new TransformerWork(model, { ...parallelismOf(pool.replica), tp: 1, attentionDp: 1, ep: 1 })
    .contextBytes
}

function outsideOf({
  network_ms,
  tokenizer_us_per_token,
  reply_ms,
}: NonNullable<PoolParts['pool']['outside']>): Outside {
  return {
    requestS: network_ms * 1e-3,
    promptTokenS: tokenizer_us_per_token * 1e-6,
    replyS: reply_ms * 1e-3,
  }
}

function workOf({ model }: PoolParts, parallelism: Parallelism, drafting: Drafting | undefined): Work {
  if (drafting === undefined) return new TransformerWork(model, parallelism)
  const { tokens, draft } = drafting
  const target = new TransformerWork(model, parallelism, tokens + 1)
  return draft === undefined
    ? target
    : speculativeWork(target, new TransformerWork(draft.model, draft.parallelism), tokens)
}

function latencyOf(
  { parts, places, scenario, facts }: KindInput,
  parallelism: Parallelism,
  hardware: Hardware,
  drafting: Drafting | undefined,
  stack: Stack | undefined,
): LatencyModel {
  const { pool, index } = parts
  if (pool.latency.model !== 'operators') {
    return ownLatency(parts, pool.latency, stream(scenario.seed, `latency/${index}`))
  }
  const { weights, kv } = pool.replica
  const measured = hardware.operators(weights, kv, parallelism)
  const constants = withSampling(acrossNodes(measured, parts, places, facts), stack)
  const target = { model: parts.model, parallelism, constants }
  if (drafting === undefined) return sped(hardware.create(target), pool.speedup)
  const { tokens, draft } = drafting
  const speculation = {
    target,
    draftTokens: tokens,
    ...(draft && { draft: { model: draft.model, parallelism: draft.parallelism, constants: measured } }),
  }
  return sped(speculative(speculation, hardware.create), pool.speedup)
}

function withSampling(constants: OperatorConstants, stack: Stack | undefined): OperatorConstants {
  if (stack === undefined) return constants
  const { stepS, sequenceS } = stack.samplingS
  return { ...constants, stepS: constants.stepS + stepS, sequenceS: constants.sequenceS + sequenceS }
}

/** A law's own numbers are divided by the speedup: draws stay draws, from a law of a shorter mean. */
function ownLatency(
  { fail, pool: { speedup = 1 } }: PoolParts,
  latency: Exclude<PoolParts['pool']['latency'], { readonly model: 'operators' }>,
  random: Random,
): LatencyModel {
  switch (latency.model) {
    case 'linear': {
      const { step_s, token_s, context_token_s } = latency
      if (step_s + token_s === 0) fail(['latency'], 'has step_s and token_s 0; steps must take time')
      return latencyModels.linear.create({
        stepS: step_s / speedup,
        tokenS: token_s / speedup,
        contextTokenS: context_token_s / speedup,
      })
    }
    case 'fixed':
      return latencyModels.fixed.create({ stepS: latency.step_s / speedup })
    case 'exponential':
      return latencyModels.exponential.create({
        meanS: latency.mean_s / speedup,
        key: Math.floor(random() * 4294967296),
      })
  }
}
