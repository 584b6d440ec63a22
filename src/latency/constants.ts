import { attentionTp, type Parallelism } from './layout.ts'

/** MODEL_STUDY §1: what the elementwise kernels of a layer cost, and the share of the bandwidth they reach. */
export const ELEMENTWISE = { fixedS: 6e-6, memory: 0.8 } as const

/** An operator limited by compute and by memory. `compute` and `memory` are shares of the peaks, at most 1. */
export interface RooflineConstants {
  readonly fixedS: number
  /** Dense peak of one device in the format that the operator computes in. */
  readonly flopsPerS: number
  readonly compute: number
  readonly memory: number
}

/** An exchange among devices of an island: `fixed + hop * (devices − 1) + bytes / (bytesPerS * link)`. */
export interface ExchangeConstants {
  readonly fixedS: number
  readonly hopS: number
  /** The link's peak in one direction. */
  readonly bytesPerS: number
  readonly link: number
}

/** One device, its link and the engine on it, in seconds, bytes and floating-point operations. */
export interface OperatorConstants {
  /** Peak memory bandwidth of one device. */
  readonly bytesPerS: number
  /** Matrix products of the layers. */
  readonly gemm: RooflineConstants
  /** The output layer, which keeps the width of activations. */
  readonly head: RooflineConstants
  /** Causal attention of chunks. */
  readonly attentionPrefill: RooflineConstants
  readonly attentionDecode: {
    readonly fixedS: number
    readonly perSequenceS: number
    readonly memory: number
  }
  /** Per layer. */
  readonly elementwise: { readonly fixedS: number; readonly memory: number }
  /** On the compute time of the products of experts, which are grouped; 1 where absent. */
  readonly expertMultiplier?: number
  /** Routing and dispatch in each layer with experts. */
  readonly moeLayerS: number
  /** After attention and after the MLP; needed where devices share them. */
  readonly allReduce?: ExchangeConstants
  /** All-gather before the MLP and reduce-scatter behind it; needed where attention has ranks of its own. */
  readonly collective?: ExchangeConstants
  /** From stage to stage; needed where a pipeline has more than one. */
  readonly sendReceive?: Omit<ExchangeConstants, 'hopS'>
  /** What a layer takes at least, and for each member of its step: launches that longer layers hide; 0 where absent. */
  readonly floor?: { readonly layerS: number; readonly memberS: number }
  /** Host time of every step, and of every layer of it. */
  readonly stepS: number
  readonly layerS: number
  /** Host time of every step per sequence in it. */
  readonly sequenceS: number
  /** At least 1. */
  readonly prefillMultiplier: number
}

/** Throws a RangeError at a constant that no device has, or that is missing for the layout. */
export function checkConstants(constants: OperatorConstants, parallelism: Parallelism): void {
  const { gemm, head, attentionPrefill, attentionDecode, elementwise } = constants
  for (const [name, roofline] of Object.entries({ gemm, head, attentionPrefill })) {
    checkShare(`${name}.compute`, roofline.compute)
    checkShare(`${name}.memory`, roofline.memory)
  }
  checkShare('attentionDecode.memory', attentionDecode.memory)
  checkShare('elementwise.memory', elementwise.memory)
  const { allReduce, collective, sendReceive } = constants
  for (const [name, exchange] of Object.entries({ allReduce, collective, sendReceive })) {
    if (exchange !== undefined) checkShare(`${name}.link`, exchange.link)
  }
  const { tp, pp, attentionDp } = parallelism
  if (attentionTp(parallelism) > 1 || (tp > 1 && attentionDp === 1)) need('allReduce', allReduce, `tp ${tp}`)
  if (attentionDp > 1) need('collective', collective, `attentionDp ${attentionDp}`)
  if (pp > 1) need('sendReceive', sendReceive, `pp ${pp}`)
  if (!(constants.prefillMultiplier >= 1)) {
    throw new RangeError(`prefillMultiplier ${constants.prefillMultiplier} is below 1`)
  }
}

function need(name: string, constants: unknown, reason: string): void {
  if (constants === undefined) throw new RangeError(`${reason} needs ${name}: the device has no such link`)
}

/** An efficiency above 1 is a step faster than the datasheet allows: such a fit has measured a cache. */
function checkShare(name: string, value: number): void {
  if (!(value > 0 && value <= 1)) throw new RangeError(`${name} ${value} is not above 0 and at most 1`)
}
