import type { PowerConstants } from '../energy/affine.ts'
import { ELEMENTWISE, type OperatorConstants, type RooflineConstants } from '../latency/operators.ts'
import type { FactReader } from './evidence.ts'
import type { Device, Dtype, Engine, EngineFacts, Fact, NodeKind } from './facts.ts'

const GIGA = 1e9
const TERA = 1e12
const MICRO = 1e-6

/** Bytes of an element. */
export const DTYPE_BYTES = { bf16: 2, fp8: 1, int8: 1, fp4: 0.5 } as const satisfies Record<Dtype, number>

/** The width of activations, embedding and output layer. */
export const ACTIVATION_DTYPE: Dtype = 'bf16'

/** The format that the device multiplies weights of this format in; undefined where it cannot use them. */
export function computeDtype(device: Device, weights: Dtype): Dtype | undefined {
  const dtype = device.computesAs[weights] ?? weights
  return device.operators.gemm[dtype] && device.peakTflops[dtype] ? dtype : undefined
}

/** The engine with what is special about it on the device. */
function engineOn(engine: Engine, deviceId: string): EngineFacts {
  return { ...engine, ...engine.onDevice?.[deviceId] }
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

  get memoryBytes(): number {
    return this.#moreIsBetter('memoryGb', this.#device.memoryGb) * GIGA
  }

  get memoryUtilization(): number {
    return this.#facts.take(
      `${this.#engine.id} memoryUtilization`,
      this.#engineFacts.memoryUtilization,
      'high',
    )
  }

  get runtimeBytes(): number {
    return this.#ofEngine('runtimeGb') * GIGA
  }

  get frontEndS(): number {
    return this.#ofEngine('frontEndMs') * 1e-3
  }

  get idleWatts(): number {
    return this.#lessIsBetter('idleW', this.#device.idleW)
  }

  /** @param tp all-reduce constants are needed above 1 */
  operators(weights: Dtype, kv: Dtype, tp: number): OperatorConstants {
    const { operators } = this.#device
    const dtype = computeDtype(this.#device, weights)!
    const headDtype = computeDtype(this.#device, ACTIVATION_DTYPE) ?? dtype
    return {
      bytesPerS: this.#bytesPerS,
      gemm: this.#roofline(`gemm.${dtype}`, operators.gemm[dtype]!, dtype),
      head: this.#roofline(`gemm.${headDtype}`, operators.gemm[headDtype]!, headDtype),
      attentionPrefill: this.#roofline('attentionPrefill', operators.attentionPrefill, headDtype),
      attentionDecode: this.#attentionDecode(kv),
      elementwise: ELEMENTWISE,
      moeLayerS: this.#ofEngine('moeLayerUs') * MICRO,
      ...(tp > 1 ? { allReduce: this.#allReduce() } : {}),
      stepS: this.#ofEngine('stepUs') * MICRO,
      layerS: this.#ofEngine('layerUs') * MICRO,
      prefillMultiplier: this.#ofEngine('prefillMultiplier'),
    }
  }

  /** @param devices of the replica; its share of the node's host goes with them */
  power(weights: Dtype, devices: number, node: NodeKind): PowerConstants {
    const { power, tdpW } = this.#device
    const share = devices / node.devices
    const hostIdleWatts = this.#facts.take(`${node.id} hostIdleW`, node.hostIdleW, 'low')
    const hostBusyWatts = this.#facts.take(`${node.id} hostLoadW`, node.hostLoadW, 'low')
    return {
      devices,
      tdpWatts: this.#lessIsBetter('tdpW', tdpW),
      idleWatts: this.idleWatts,
      floor: this.#lessIsBetter('power.floor', power.floor),
      memory: this.#lessIsBetter('power.memory', power.memory),
      compute: this.#lessIsBetter('power.compute', power.compute),
      bytesPerS: this.#bytesPerS,
      flopsPerS: this.#flopsPerS(computeDtype(this.#device, weights)!),
      hostIdleWatts: share * hostIdleWatts,
      hostLoadWatts: share * Math.max(0, hostBusyWatts - hostIdleWatts),
    }
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
  ): RooflineConstants {
    return {
      fixedS: this.#kernelS(`operators.${name}.fixedUs`, facts.fixedUs),
      flopsPerS: this.#flopsPerS(dtype),
      compute: this.#kernelShare(`operators.${name}.compute`, facts.compute),
      memory: this.#kernelShare(`operators.${name}.memory`, facts.memory),
    }
  }

  #attentionDecode(kv: Dtype): OperatorConstants['attentionDecode'] {
    const facts = this.#device.operators.attentionDecode[kv]!
    const name = `operators.attentionDecode.${kv}`
    return {
      fixedS: this.#kernelS(`${name}.fixedUs`, facts.fixedUs),
      perSequenceS: this.#kernelS(`${name}.perSequenceUs`, facts.perSequenceUs),
      memory: this.#kernelShare(`${name}.memory`, facts.memory),
    }
  }

  #allReduce(): NonNullable<OperatorConstants['allReduce']> {
    const { linkGbPerS, operators } = this.#device
    const { graphUs, eagerUs, hopUs, link } = operators.allReduce!
    const launch = this.#engine.graphs ? 'graphUs' : 'eagerUs'
    const fixedUs = this.#engine.graphs ? graphUs : eagerUs
    return {
      fixedS: this.#lessIsBetter(`operators.allReduce.${launch}`, fixedUs) * MICRO,
      hopS: this.#lessIsBetter('operators.allReduce.hopUs', hopUs) * MICRO,
      bytesPerS: this.#moreIsBetter('linkGbPerS', linkGbPerS!) * GIGA,
      link: this.#moreIsBetter('operators.allReduce.link', link),
    }
  }

  get #kernelMultiplier(): number {
    return this.#engineFacts.kernelMultiplier === undefined ? 1 : this.#ofEngine('kernelMultiplier')
  }

  #kernelS(name: string, fact: Fact): number {
    return this.#lessIsBetter(name, fact) * MICRO * this.#kernelMultiplier
  }

  #kernelShare(name: string, fact: Fact): number {
    return Math.min(1, this.#moreIsBetter(name, fact) / this.#kernelMultiplier)
  }

  #ofEngine(name: keyof EngineFacts): number {
    return this.#facts.take(`${this.#engine.id} ${name}`, this.#engineFacts[name]!, 'low')
  }

  #moreIsBetter(name: string, fact: Fact): number {
    return this.#facts.take(`${this.#device.id} ${name}`, fact, 'high')
  }

  #lessIsBetter(name: string, fact: Fact): number {
    return this.#facts.take(`${this.#device.id} ${name}`, fact, 'low')
  }
}
