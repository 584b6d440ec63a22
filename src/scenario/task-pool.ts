import { batchers } from '../batching/registry.ts'
import { type Random, stream } from '../core/random.ts'
import { AffineEnergy } from '../energy/affine.ts'
import type { LatencyModel } from '../latency/contract.ts'
import { latencyModels } from '../latency/registry.ts'
import { type SampleWork, sampleWork } from '../latency/samples.ts'
import { sped } from '../latency/sped.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { BuiltPools } from './built-pool.ts'
import { dotted, type KeyPath } from './document.ts'
import { entryOf } from './entries.ts'
import type { FactReader } from './evidence.ts'
import type { Catalogue, Device, Dtype, Fact, NodeKind, Task } from './facts.ts'
import { type Standing, standing } from './grounds.ts'
import { computeDtype, DTYPE_BYTES, powerOf } from './hardware.ts'
import type { ReplicaMemory } from './memory.ts'
import { type Fail, failing, gb } from './pool-parts.ts'
import { nodeUsdPerHour } from './prices.ts'
import type { ParsedScenario, TaskScenario } from './schema.ts'
import type { TaskPool } from './task-schema.ts'
import { GIGA, MEGA, TERA } from './units.ts'

/** A pool of a task whose names have been looked up. */
interface ResolvedTask {
  readonly pool: TaskPool
  readonly node: NodeKind
  readonly device: Device
  readonly task: Task
  /** What the device computes in. */
  readonly dtype: Dtype
  /** Throws a UserError about one of the pool's keys. */
  readonly fail: Fail
}

/**
 * Replicas that serve a task, one on each device: batches of samples in place of tokens, and no KV. A batch keeps its
 * samples in what stands for KV blocks of one token, which never run short. Throws a UserError that names file, line,
 * key, value and bound.
 */
export function taskPools(
  parsed: ParsedScenario,
  scenario: TaskScenario,
  catalogue: Catalogue,
  facts: FactReader,
): BuiltPools {
  const pools = scenario.fleet.map((_, index) => resolve(parsed, scenario, index, catalogue))
  const stands = standing(pools.map(askingOf))
  const built = pools.map((resolved, index) => {
    const random = stream(scenario.seed, `latency/${index}`)
    return { ...builtPool(resolved, facts, random), ...standsAt(stands, index) }
  })
  return { pools: built, standing: stands, more: {} }
}

function askingOf({ pool, node, fail }: ResolvedTask, index: number) {
  const replicasPerNode = pool.replica.replicas_per_node ?? node.devices
  const { nodes } = pool
  return { groundIndex: index, node, nodes, stages: 1, stageDevices: 1, replicasPerNode, fail }
}

function standsAt({ places, leftovers }: Standing, index: number) {
  return { replicas: places[index].length, places: places[index], leftover: leftovers[index]!, turns: 1 }
}

function builtPool(resolved: ResolvedTask, facts: FactReader, random: Random) {
  const { pool, node, device, dtype } = resolved
  const memory = memoryOf(resolved, facts)
  const latency = latencyOf(resolved, facts, random)
  const power = powerOf(device, dtype, 1, node, facts)
  const energy = new AffineEnergy(power, sampleWork(workOf(resolved, facts)), latency)
  const usdPerHour = nodeUsdPerHour(pool, node, facts) / node.devices
  const kind: ReplicaKind = {
    ...batching(pool, memory),
    name: pool.name ?? device.id,
    deviceKind: device.kind,
    devices: 1,
    latency,
    energy,
    frontEndS: 0,
    usdPerHour,
    saturationRequestsPerS: Number.NaN,
    saturationTokensPerS: Number.NaN,
  }
  const ids = { node: node.id, device: device.id, engine: 'none', nodes: pool.nodes }
  return { kind, ...ids, memory, power, usdPerDeviceHour: usdPerHour }
}

function resolve(
  parsed: ParsedScenario,
  scenario: TaskScenario,
  index: number,
  catalogue: Catalogue,
): ResolvedTask {
  const pool = scenario.fleet[index]
  const base: KeyPath = ['fleet', index]
  const fail = failing(parsed, base)
  const task = entryOf(catalogue, 'tasks', scenario.task, `${parsed.place(['task'])}: task`)
  const path = [...base, 'node']
  const where = `${parsed.place(path)}: ${dotted(path)}`
  const node = entryOf(catalogue, 'nodes', pool.node, where)
  const device = entryOf(catalogue, 'devices', node.device, where)
  const { weights, replicas_per_node } = pool.replica
  const { max_samples, max_requests } = pool.batcher
  const dtype = computeDtype(device, weights)
  if (dtype === undefined) {
    const able = (Object.keys(DTYPE_BYTES) as Dtype[]).filter(it => computeDtype(device, it) !== undefined)
    return fail(
      ['replica', 'weights'],
      `is "${weights}", which ${device.id} does not support; known: ${able.join(', ')}`,
    )
  }
  if (replicas_per_node !== undefined && replicas_per_node > node.devices) {
    const bound = `must be <= ${node.devices}, the devices of ${node.id}`
    fail(['replica', 'replicas_per_node'], `is ${replicas_per_node}; ${bound}`)
  }
  if (max_requests !== undefined && max_requests > max_samples) {
    fail(['batcher', 'max_requests'], `is ${max_requests}; must be <= max_samples, ${max_samples}`)
  }
  return { pool, node, device, task, dtype, fail }
}

function batching({ batcher }: TaskPool, { kvBlocks }: ReplicaMemory) {
  const { max_samples, max_requests = max_samples, timeout_ms } = batcher
  return {
    batcher: batchers.dynamic.batcher,
    batchDelayS: timeout_ms / 1000,
    tokenBudget: max_samples,
    maxSequences: max_requests,
    // Its one output token counts too.
    maxModelLen: max_samples + 1,
    kvBlocks,
    blockTokens: 1,
    watermarkBlocks: 0,
  }
}

function memoryOf({ pool, device, task, fail }: ResolvedTask, facts: FactReader): ReplicaMemory {
  const { weights } = pool.replica
  const usableBytes = facts.take(`${device.id} memoryGb`, device.memoryGb, 'high') * GIGA
  const weightBytes = facts.take(`${task.id} parameters`, task.parameters, 'low') * DTYPE_BYTES[weights]
  if (weightBytes > usableBytes) {
    const needs = `${task.id} in ${weights} needs ${gb(weightBytes)}, ${device.id} has ${gb(usableBytes)}`
    fail(['replica'], `does not fit its memory: ${needs}`)
  }
  const none = { activationBytes: 0, runtimeBytes: 0, kvBytes: 0, kvBytesPerToken: 0 }
  return { usableBytes, weightBytes, ...none, kvBlocks: pool.batcher.max_samples + 1 }
}

/** The catalogue counts weights and tables in bf16. */
const STATED_BYTES = DTYPE_BYTES.bf16

/** Work of a sample; of a task whose samples have no one size, as far as it is known. */
function workOf({ pool, task }: ResolvedTask, facts: FactReader): SampleWork {
  const take = (name: string, fact: Fact) => facts.take(`${task.id} ${name}`, fact, 'low')
  const narrower = DTYPE_BYTES[pool.replica.weights] / STATED_BYTES
  const { gflopsPerSample, denseWeightMb, embeddingBytesPerSample } = task
  return {
    flops: gflopsPerSample === undefined ? 0 : take('gflopsPerSample', gflopsPerSample) * GIGA,
    weightBytes: take('denseWeightMb', denseWeightMb) * MEGA * narrower,
    bytes: take('embeddingBytesPerSample', embeddingBytesPerSample) * narrower,
  }
}

/** The numbers of a law of the author's own are divided by the speedup: draws stay draws, from a law of a shorter mean. */
function latencyOf(resolved: ResolvedTask, facts: FactReader, random: Random): LatencyModel {
  const { latency, speedup = 1 } = resolved.pool
  switch (latency.model) {
    case 'samples': {
      const { fixed_s: fixedS, sample_s: computeS } = latency
      const times = computeS === undefined ? peaksOf(resolved, facts) : { computeS }
      return sped(latencyModels.samples.create({ fixedS, ...times }), speedup)
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

/** Seconds of a sample by the device's peaks and the efficiency of its matrix products. */
function peaksOf(resolved: ResolvedTask, facts: FactReader) {
  const { device, task, dtype, fail } = resolved
  if (task.gflopsPerSample === undefined) {
    fail(['latency'], `has no sample_s; must have it, as the work of a sample of ${task.id} is not known`)
  }
  const more = (name: string, fact: Fact) => facts.take(`${device.id} ${name}`, fact, 'high')
  const { compute, memory } = device.operators.gemm[dtype]!
  const flopsPerS =
    more(`peakTflops.${dtype}`, device.peakTflops[dtype]!) *
    TERA *
    more(`operators.gemm.${dtype}.compute`, compute)
  const bytesPerS =
    more('memoryGbPerS', device.memoryGbPerS) * GIGA * more(`operators.gemm.${dtype}.memory`, memory)
  const { flops, weightBytes, bytes } = workOf(resolved, facts)
  return {
    computeS: flops / flopsPerS,
    weightsS: weightBytes / bytesPerS,
    memoryS: bytes / bytesPerS,
    inputS: inputSeconds(resolved, facts),
  }
}

/** 0 where the sensor or the network writes into the device's own memory, or what comes in is not known. */
function inputSeconds({ device, task }: ResolvedTask, facts: FactReader): number {
  const { hostLinkGbPerS } = device
  if (hostLinkGbPerS === undefined || task.inputBytesPerSample === undefined) return 0
  const bytes = facts.take(`${task.id} inputBytesPerSample`, task.inputBytesPerSample, 'low')
  return bytes / (facts.take(`${device.id} hostLinkGbPerS`, hostLinkGbPerS, 'high') * GIGA)
}
