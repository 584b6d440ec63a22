import { batchers } from '../batching/registry.ts'
import { UserError } from '../core/errors.ts'
import { type Random, stream } from '../core/random.ts'
import { AffineEnergy, type PowerConstants } from '../energy/affine.ts'
import type { CarbonIntensity } from '../energy/contract.ts'
import type { Course } from '../fleet/course.ts'
import type { LatencyModel } from '../latency/contract.ts'
import { devicesOf, type Parallelism, placesOf } from '../latency/layout.ts'
import { latencyModels } from '../latency/registry.ts'
import { TransformerWork } from '../latency/work.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { Slo } from '../routing/contract.ts'
import { entryOf } from './entries.ts'
import { type Evidence, FactReader } from './evidence.ts'
import type { Catalogue, Region, Stance } from './facts.ts'
import { ACTIVATION_DTYPE, DTYPE_BYTES, Hardware } from './hardware.ts'
import { type ReplicaMemory, replicaMemory, sequenceTokens } from './memory.ts'
import { checkPolicies, type KnownPolicies } from './policies.ts'
import { checkMemory, type ResolvedPool, resolvePool } from './pool.ts'
import { nodeUsdPerHour } from './prices.ts'
import type { ParsedScenario, Pool, Scenario } from './schema.ts'
import { buildTaskPool } from './task-pool.ts'

export interface BuildOptions {
  /** Which end of the ranges of estimates to take; as given by default. */
  readonly stance?: Stance
  /** Policies that the scenario may name; the registry's by default. */
  readonly policies?: KnownPolicies
}

/** A pool as built, for reports. */
export interface BuiltPool {
  readonly kind: ReplicaKind
  readonly node: string
  readonly device: string
  readonly engine: string
  readonly nodes: number
  readonly replicasPerNode: number
  readonly memory: ReplicaMemory
  readonly power: PowerConstants
  /** Of devices that carry no replica, with their share of the host. */
  readonly spareWatts: number
  /** NaN where unknown. */
  readonly spareUsdPerHour: number
}

/** Everything of a course but its workload. */
export interface BuiltFleet extends Omit<Course, 'arrivals' | 'closedLoop'> {
  readonly pools: readonly BuiltPool[]
  /** Share of requests that must meet the SLO where a load or a fleet is sized. */
  readonly attainment: number
  readonly evidence: Evidence
}

/** Builds the scenario's fleet from the catalogue. Throws a UserError that names file, line, key, value and bound. */
export function buildFleet(
  parsed: ParsedScenario,
  catalogue: Catalogue,
  options: BuildOptions = {},
): BuiltFleet {
  const { scenario } = parsed
  const facts = new FactReader(options.stance ?? 'given')
  const region = entryOf(catalogue, 'regions', scenario.region, `${parsed.place(['region'])}: region`)
  const built = poolsOf(parsed, catalogue, facts)
  const kinds = built.map(({ kind }) => kind)
  checkNames(parsed, kinds)
  checkPolicies(
    parsed,
    kinds.map(({ name }) => name),
    options.policies,
  )
  return {
    seed: scenario.seed,
    kinds,
    replicas: built.flatMap(({ nodes, replicasPerNode }, kind) => Array(nodes * replicasPerNode).fill(kind)),
    spareWatts: sum(built.map(({ spareWatts }) => spareWatts)),
    spareUsdPerHour: sum(built.map(({ spareUsdPerHour }) => spareUsdPerHour)),
    slo: sloOf(scenario.slo),
    attainment: scenario.slo.attainment,
    warmupS: scenario.warmup_s,
    sampleS: scenario.sample_s,
    pue: scenario.pue,
    carbon: carbonOf(region, scenario.start_hour, facts),
    pools: built,
    evidence: facts.evidence(),
  }
}

/** Every pool's names are looked up before the first is built. */
function poolsOf(parsed: ParsedScenario, catalogue: Catalogue, facts: FactReader): BuiltPool[] {
  const { scenario } = parsed
  if ('task' in scenario) {
    return scenario.fleet.map((_, index) => buildTaskPool(parsed, scenario, index, catalogue, facts))
  }
  const resolved = scenario.fleet.map((_, index) => resolvePool(parsed, scenario, index, catalogue))
  return resolved.map((pool, index) => buildPool(parsed, pool, index, facts))
}

function buildPool(
  parsed: ParsedScenario,
  resolved: ResolvedPool,
  index: number,
  facts: FactReader,
): BuiltPool {
  const { pool, node, device, engine, model, replicasPerNode } = resolved
  const { weights } = pool.replica
  const parallelism = parallelismOf(pool.replica)
  const devices = devicesOf(parallelism)
  const hardware = new Hardware(device, engine, facts)
  const memory = memoryOf(resolved, parallelism, hardware)
  checkMemory(resolved, memory)
  const latency = latencyOf(resolved, parallelism, hardware, stream(parsed.scenario.seed, `latency/${index}`))
  const power = hardware.power(weights, devices, node)
  const energy = new AffineEnergy(power, new TransformerWork(model, parallelism), latency)
  const usdPerDeviceHour = nodeUsdPerHour(pool, node, facts) / node.devices
  const spares = pool.nodes * (node.devices - replicasPerNode * devices)
  return {
    kind: {
      ...batching(resolved, parallelism, memory),
      name: pool.name ?? `${device.id} ${layoutName(parallelism)}`,
      deviceKind: device.kind,
      devices,
      latency,
      energy,
      frontEndS: hardware.frontEndS,
      usdPerHour: devices * usdPerDeviceHour,
      saturationRequestsPerS: Number.NaN,
      saturationTokensPerS: Number.NaN,
    },
    node: node.id,
    device: device.id,
    engine: engine.id,
    nodes: pool.nodes,
    replicasPerNode,
    memory,
    power,
    spareWatts: spares * (power.idleWatts + power.hostIdleWatts / devices),
    spareUsdPerHour: spares === 0 ? 0 : spares * usdPerDeviceHour,
  }
}

/** How the replica's devices share the model. */
export function parallelismOf({ tp, pp, attention_dp, ep, weights, kv }: Pool['replica']): Parallelism {
  return {
    tp,
    pp,
    attentionDp: attention_dp,
    ep,
    weightBytes: DTYPE_BYTES[weights],
    kvBytes: DTYPE_BYTES[kv],
    activationBytes: DTYPE_BYTES[ACTIVATION_DTYPE],
  }
}

function layoutName({ tp, pp, attentionDp, ep }: Parallelism): string {
  const parts = Object.entries({ pp, dp: attentionDp, ep }).filter(([, ways]) => ways > 1)
  return [`tp${tp}`, ...parts.map(([name, ways]) => `${name}${ways}`)].join(' ')
}

/** How requests are batched, and in which memory. Every micro-batch of a rank has the token budget. */
function batching({ pool, engine, model }: ResolvedPool, parallelism: Parallelism, memory: ReplicaMemory) {
  const { name, token_budget, max_sequences, max_model_len, watermark_share } = pool.batcher
  const mostTokens = sequenceTokens(memory, parallelism.attentionDp, engine.blockTokens)
  return {
    batcher: batchers[name].batcher,
    tokenBudget: token_budget * placesOf(parallelism),
    maxSequences: max_sequences * parallelism.attentionDp,
    maxModelLen: max_model_len ?? Math.min(model.maxContextTokens, mostTokens),
    kvBlocks: memory.kvBlocks,
    blockTokens: engine.blockTokens,
    watermarkBlocks: Math.floor(watermark_share * memory.kvBlocks),
  }
}

function memoryOf(
  { pool, engine, model }: ResolvedPool,
  parallelism: Parallelism,
  hardware: Hardware,
): ReplicaMemory {
  return replicaMemory({
    model,
    parallelism,
    ...hardware.memory,
    tokenBudget: pool.batcher.token_budget,
    maxSequences: pool.batcher.max_sequences,
    blockTokens: engine.blockTokens,
  })
}

function latencyOf(
  { pool, model, fail }: ResolvedPool,
  parallelism: Parallelism,
  hardware: Hardware,
  random: Random,
): LatencyModel {
  const { latency, replica } = pool
  switch (latency.model) {
    case 'operators':
      return hardware.latency(model, parallelism, replica.weights, replica.kv)
    case 'linear': {
      const { step_s, token_s, context_token_s } = latency
      if (step_s + token_s === 0) fail(['latency'], 'has step_s and token_s 0; steps must take time')
      return latencyModels.linear.create({ stepS: step_s, tokenS: token_s, contextTokenS: context_token_s })
    }
    case 'fixed':
      return latencyModels.fixed.create({ stepS: latency.step_s })
    case 'exponential':
      return latencyModels.exponential.create({
        meanS: latency.mean_s,
        key: Math.floor(random() * 4294967296),
      })
  }
}

/** Policies take options by the kind's name, and results are told apart by it. */
function checkNames(parsed: ParsedScenario, kinds: readonly ReplicaKind[]): void {
  for (const [index, { name }] of kinds.entries()) {
    const first = kinds.findIndex(kind => kind.name === name)
    if (first === index) continue
    const where = parsed.place(['fleet', index])
    throw new UserError(
      `${where}: fleet[${index}] is called "${name}" like fleet[${first}]; give it a name of its own`,
    )
  }
}

/** The grid's intensity by hour of the run. */
function carbonOf(region: Region, startHour: number, facts: FactReader): CarbonIntensity {
  const mean = facts.take(`${region.id} gramsPerKwh`, region.gramsPerKwh, 'low')
  const shape = region.hourlyShape ?? [1]
  return { gramsPerKwh: shape.map((_, hour) => mean * shape[(startHour + hour) % shape.length]) }
}

/** A task answers with its one token: there are no gaps to bound. */
function sloOf(slo: Scenario['slo']): Slo {
  if (!('ttft_s' in slo)) return { ttftS: slo.e2e_s, tpotS: Number.POSITIVE_INFINITY, e2eS: slo.e2e_s }
  const { ttft_s, tpot_s, e2e_s, worst_itl_s } = slo
  return {
    ttftS: ttft_s,
    tpotS: tpot_s,
    ...(e2e_s === undefined ? {} : { e2eS: e2e_s }),
    ...(worst_itl_s === undefined ? {} : { worstItlS: worst_itl_s }),
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
