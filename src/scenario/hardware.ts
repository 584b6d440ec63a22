import type { PowerConstants } from '../energy/affine.ts'
import {
  ELEMENTWISE,
  type ExchangeConstants,
  type OperatorConstants,
  type RooflineConstants,
} from '../latency/constants.ts'
import type { LatencyModel } from '../latency/contract.ts'
import type { OperatorsOptions } from '../latency/dealt.ts'
import { attentionTp, type Parallelism } from '../latency/layout.ts'
import { latencyModels } from '../latency/registry.ts'
import type { Transformer } from '../latency/transformer.ts'
import type { FactReader } from './evidence.ts'
import type { Device, Dtype, Engine, EngineFacts, Fact, NodeKind } from './facts.ts'
import type { MemoryInput } from './memory.ts'
import { GIGA, MICRO, TERA } from './units.ts'

/** Bytes of an element. */
export const DTYPE_BYTES = { bf16: 2, fp8: 1, int8: 1, fp4: 0.5 } as const satisfies Record<Dtype, number>

/** The width of activations, embedding and output layer. */
export const ACTIVATION_DTYPE: Dtype = 'bf16'

/** The format that the device multiplies weights of this format in; undefined where it cannot use them. */
export function computeDtype(device: Device, weights: Dtype): Dtype | undefined {
  const dtype = device.computesAs[weights] ?? weights
  return device.operators.gemm[dtype] && device.peakTflops[dtype] ? dtype : undefined
}

/** Names of the facts that every engine has, each one number. */
type PlainEngineFact = Exclude<
  keyof EngineFacts,
  'gemmMultiplier' | 'attentionMultiplier' | 'expertMultiplier' | 'kvMultiplier' | 'floor'
>

/** The engine with what is special about it on the device. */
function engineOn(engine: Engine, deviceId: string): EngineFacts {
  return { ...engine, ...engine.onDevice?.[deviceId] }
}

/**
 * What a replica draws.
 *
 * @param dtype that it multiplies in
 * @param devices of the replica; its share of the node's host goes with them
 */
export function powerOf(
  device: Device,
  dtype: Dtype,
  devices: number,
  node: NodeKind,
  facts: FactReader,
): PowerConstants {
  const { power } = device
  const share = devices / node.devices
  const less = (name: string, fact: Fact) => facts.take(`${device.id} ${name}`, fact, 'low')
  const more = (name: string, fact: Fact) => facts.take(`${device.id} ${name}`, fact, 'high')
  const hostIdleWatts = facts.take(`${node.id} hostIdleW`, node.hostIdleW, 'low')
  const hostBusyWatts = facts.take(`${node.id} hostLoadW`, node.hostLoadW, 'low')
  return {
    devices,
    tdpWatts: less('tdpW', device.tdpW),
    idleWatts: less('idleW', device.idleW),
    floor: less('power.floor', power.floor),
    memory: less('power.memory', power.memory),
    compute: less('power.compute', power.compute),
    bytesPerS: more('memoryGbPerS', device.memoryGbPerS) * GIGA,
    flopsPerS: more(`peakTflops.${dtype}`, device.peakTflops[dtype]!) * TERA,
    hostIdleWatts: share * hostIdleWatts,
    hostLoadWatts: share * Math.max(0, hostBusyWatts - hostIdleWatts),
  }
}

/** A device under an engine, whose facts are taken under the reader's stance. */
export class Hardware {
  readonly #device: Device
  readonly #engine: Engine
  readonly #engineFacts: EngineFacts
  readonly #facts: FactReader

  constructor(device: Device, engine: Engine, facts: FactReader) {
    this.#device = device
    this.#engine = engine
    this.#engineFacts = engineOn(engine, device.id)
    this.#facts = facts
  }

  /** Memory of one device, and what the engine may use of it. */
  get memory(): Pick<MemoryInput, 'memoryBytes' | 'utilization' | 'runtimeBytes'> {
    const { memoryUtilization } = this.#engineFacts
    return {
      memoryBytes: this.#moreIsBetter('memoryGb', this.#device.memoryGb) * GIGA,
      utilization: this.#facts.take(`${this.#engine.id} memoryUtilization`, memoryUtilization, 'high'),
      runtimeBytes: this.#ofEngine('runtimeGb') * GIGA,
    }
  }

  get frontEndS(): number {
    return this.#ofEngine('frontEndMs') * 1e-3
  }

  get idleWatts(): number {
    return this.#lessIsBetter('idleW', this.#device.idleW)
  }

  /** How long steps take: operators, whose host time adds up under captured graphs and overlaps without. */
  latency(model: Transformer, parallelism: Parallelism, weights: Dtype, kv: Dtype): LatencyModel {
    return this.create({ model, parallelism, constants: this.operators(weights, kv, parallelism) })
  }

  get create(): (options: OperatorsOptions) => LatencyModel {
    return this.#engine.graphs ? latencyModels.operators.create : latencyModels.eager.create
  }

  /** What a layer takes at least, where devices share it. */
  #floor(parallelism: Parallelism): Pick<OperatorConstants, 'floor'> {
    const { floor } = this.#engineFacts
    if (floor === undefined || attentionTp(parallelism) === 1) return {}
    const take = (name: string, fact: Fact) =>
      this.#facts.take(`${this.#engine.id} floor.${name}`, fact, 'low') * MICRO
    return {
      floor: {
        layerS: take('layerUs', floor.layerUs),
        memberS: take('sequenceUs', floor.sequenceUs),
      },
    }
  }

  /** What a layout needs of links is taken; the device must have it. */
  operators(weights: Dtype, kv: Dtype, parallelism: Parallelism): OperatorConstants {
    const { operators } = this.#device
    const dtype = computeDtype(this.#device, weights)!
    const headDtype = computeDtype(this.#device, ACTIVATION_DTYPE) ?? dtype
    const { gemmMultiplier, attentionMultiplier } = this.#engineFacts
    const onGemm = (of: Dtype) => this.#multiplier(`gemmMultiplier.${of}`, gemmMultiplier?.[of])
    const onAttention = this.#multiplier('attentionMultiplier', attentionMultiplier)
    return {
      bytesPerS: this.#bytesPerS,
      gemm: this.#roofline(`gemm.${dtype}`, operators.gemm[dtype]!, dtype, onGemm(weights)),
      head: this.#roofline(`gemm.${headDtype}`, operators.gemm[headDtype]!, headDtype, onGemm(headDtype)),
      attentionPrefill: this.#roofline(
        'attentionPrefill',
        operators.attentionPrefill,
        headDtype,
        onAttention,
      ),
      attentionDecode: this.#attentionDecode(kv, onAttention),
      elementwise: ELEMENTWISE,
      expertMultiplier: this.#multiplier('expertMultiplier', this.#engineFacts.expertMultiplier),
      moeLayerS: this.#ofEngine('moeLayerUs') * MICRO,
      ...this.#exchanges(parallelism),
      ...this.#floor(parallelism),
      stepS: this.#ofEngine('stepUs') * MICRO + this.#hostHopS,
      layerS: this.#ofEngine('layerUs') * MICRO,
      sequenceS: this.#ofEngine('sequenceUs') * MICRO,
      prefillMultiplier: this.#ofEngine('prefillMultiplier'),
    }
  }

  /** @param devices of the replica; its share of the node's host goes with them */
  power(weights: Dtype, devices: number, node: NodeKind): PowerConstants {
    return powerOf(this.#device, computeDtype(this.#device, weights)!, devices, node, this.#facts)
  }

  /** 0 where a step has no such way, or it is held in the engine's time. */
  get #hostHopS(): number {
    const { hostHopUs } = this.#device
    return hostHopUs === undefined ? 0 : this.#lessIsBetter('hostHopUs', hostHopUs) * MICRO
  }

  get #bytesPerS(): number {
    return this.#moreIsBetter('memoryGbPerS', this.#device.memoryGbPerS) * GIGA
  }

  #flopsPerS(dtype: Dtype): number {
    return this.#moreIsBetter(`peakTflops.${dtype}`, this.#device.peakTflops[dtype]!) * TERA
  }

  #roofline(
    name: string,
    facts: { fixedUs: Fact; compute: Fact; memory: Fact },
    dtype: Dtype,
    multiplier: number,
  ): RooflineConstants {
    return {
      fixedS: this.#lessIsBetter(`operators.${name}.fixedUs`, facts.fixedUs) * MICRO * multiplier,
      flopsPerS: this.#flopsPerS(dtype),
      compute: Math.min(1, this.#moreIsBetter(`operators.${name}.compute`, facts.compute) / multiplier),
      memory: Math.min(1, this.#moreIsBetter(`operators.${name}.memory`, facts.memory) / multiplier),
    }
  }

  #attentionDecode(kv: Dtype, multiplier: number): OperatorConstants['attentionDecode'] {
    const facts = this.#device.operators.attentionDecode[kv]!
    const name = `operators.attentionDecode.${kv}`
    const onKv = multiplier * this.#multiplier(`kvMultiplier.${kv}`, this.#engineFacts.kvMultiplier?.[kv])
    return {
      fixedS: this.#lessIsBetter(`${name}.fixedUs`, facts.fixedUs) * MICRO * multiplier,
      perSequenceS: this.#lessIsBetter(`${name}.perSequenceUs`, facts.perSequenceUs) * MICRO * multiplier,
      memory: Math.min(1, this.#moreIsBetter(`${name}.memory`, facts.memory) / onKv),
    }
  }

  #exchanges(parallelism: Parallelism) {
    const { tp, pp, attentionDp } = parallelism
    const isReduced = attentionTp(parallelism) > 1 || (tp > 1 && attentionDp === 1)
    return {
      ...(isReduced ? { allReduce: this.#allReduce() } : {}),
      ...(attentionDp > 1 ? { collective: this.#collective() } : {}),
      ...(pp > 1 ? { sendReceive: this.#sendReceive() } : {}),
    }
  }

  #collective(): ExchangeConstants {
    const { fixedUs, hopUs, link } = this.#device.operators.collective!
    const name = 'operators.collective'
    return {
      fixedS: this.#lessIsBetter(`${name}.fixedUs`, fixedUs) * MICRO,
      hopS: this.#lessIsBetter(`${name}.hopUs`, hopUs) * MICRO,
      bytesPerS: this.#linkBytesPerS,
      link: this.#moreIsBetter(`${name}.link`, link),
    }
  }

  #sendReceive(): Omit<ExchangeConstants, 'hopS'> {
    const { fixedUs, link } = this.#device.operators.sendReceive!
    return {
      fixedS: this.#lessIsBetter('operators.sendReceive.fixedUs', fixedUs) * MICRO,
      bytesPerS: this.#linkBytesPerS,
      link: this.#moreIsBetter('operators.sendReceive.link', link),
    }
  }

  get #linkBytesPerS(): number {
    return this.#moreIsBetter('linkGbPerS', this.#device.linkGbPerS!) * GIGA
  }

  #allReduce(): ExchangeConstants {
    const { graphUs, eagerUs, hopUs, link } = this.#device.operators.allReduce!
    const launch = this.#engine.graphs ? 'graphUs' : 'eagerUs'
    const fixedUs = this.#engine.graphs ? graphUs : eagerUs
    return {
      fixedS: this.#lessIsBetter(`operators.allReduce.${launch}`, fixedUs) * MICRO,
      hopS: this.#lessIsBetter('operators.allReduce.hopUs', hopUs) * MICRO,
      bytesPerS: this.#linkBytesPerS,
      link: this.#moreIsBetter('operators.allReduce.link', link),
    }
  }

  /** 1 where the engine's kernels are those that the device was measured with. */
  #multiplier(name: string, fact: Fact | undefined): number {
    return fact === undefined ? 1 : this.#facts.take(`${this.#engine.id} ${name}`, fact, 'low')
  }

  #ofEngine(name: PlainEngineFact): number {
    return this.#facts.take(`${this.#engine.id} ${name}`, this.#engineFacts[name], 'low')
  }

  #moreIsBetter(name: string, fact: Fact): number {
    return this.#facts.take(`${this.#device.id} ${name}`, fact, 'high')
  }

  #lessIsBetter(name: string, fact: Fact): number {
    return this.#facts.take(`${this.#device.id} ${name}`, fact, 'low')
  }
}
