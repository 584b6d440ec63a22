import { ByCount } from './by-count.ts'
import { causalPairs, contextAt, contextRead } from './context.ts'
import type { DecodeBatch, LatencyModel, MixedStep } from './contract.ts'
import {
  chunkBytesPerLayer,
  elementwiseBytes,
  headProduct,
  kvBytesPerToken,
  layerProducts,
  moeLayersOf,
  type Parallelism,
  type Product,
  productBytes,
  productFlops,
  type Transformer,
} from './transformer.ts'

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
  /** Routing and dispatch in each layer with experts. */
  readonly moeLayerS: number
  /** `bytesPerS` is the link's peak in one direction; needed where tp > 1. */
  readonly allReduce?: {
    readonly fixedS: number
    readonly hopS: number
    readonly bytesPerS: number
    readonly link: number
  }
  /** Host time of every step, and of every layer of it. */
  readonly stepS: number
  readonly layerS: number
  /** At least 1. */
  readonly prefillMultiplier: number
}

export interface OperatorsOptions {
  readonly model: Transformer
  readonly parallelism: Parallelism
  readonly constants: OperatorConstants
}

/**
 * The default model: a step is the sum of its operators, each `fixed + max(compute, bytes)` (MODEL_STUDY §1).
 *
 * A step with chunks prices its matrix products once, at all its tokens, so weights are streamed once; the
 * attention of its decodes and of its chunks add up. `prefillMultiplier` stretches every matrix product and the
 * chunks' attention of such a step, and neither the attention of its decodes nor elementwise, all-reduce and host time: so
 * adding a chunk or a decode never makes a step shorter.
 */
export class Operators implements LatencyModel {
  readonly contextSeconds: number
  readonly #options: OperatorsOptions
  readonly #products: readonly Product[]
  readonly #head: Product
  /** Host, elementwise, routing and all-reduce time that every step has, and that each token adds. */
  readonly #stepS: number
  readonly #tokenS: number
  /** Attention of decodes, all layers: per step that has any, per sequence. */
  readonly #decodeAttentionS: number
  readonly #sequenceS: number
  /** Attention of chunks, all layers: per step that has any, per token, per cached token, per query-key pair. */
  readonly #chunkAttentionS: number
  readonly #chunkTokenS: number
  readonly #chunkCachedS: number
  readonly #pairS: number
  /** A decode step but for the context it reads, by sequences. */
  readonly #decodeS = new ByCount(sequences => this.#priceDecode(sequences))
  /** A step with chunks but for attention per token and output layer, by tokens. */
  readonly #chunkStepS = new ByCount(tokens => this.#priceChunkStep(tokens))
  /** The output layer of a step with chunks, by tokens sampled. */
  readonly #sampledS = new ByCount(sampled => this.#priceSampled(sampled))

  constructor(options: OperatorsOptions) {
    check(options)
    const { model, parallelism, constants } = options
    const { attentionDecode, attentionPrefill, prefillMultiplier, bytesPerS } = constants
    this.#options = options
    this.#products = layerProducts(model, parallelism)
    this.#head = headProduct(model, parallelism)
    this.#stepS = stepSeconds(options)
    this.#tokenS = tokenSeconds(options)
    this.#decodeAttentionS = model.layers * attentionDecode.fixedS
    this.#sequenceS = model.layers * attentionDecode.perSequenceS
    this.contextSeconds =
      kvBytesPerToken(model, parallelism) / parallelism.tp / (bytesPerS * attentionDecode.memory)
    const chunkBytesPerS = bytesPerS * attentionPrefill.memory
    const stretched = model.layers * prefillMultiplier
    this.#chunkAttentionS = stretched * attentionPrefill.fixedS
    this.#chunkTokenS = (stretched * chunkBytesPerLayer(model, parallelism, 1, 0)) / chunkBytesPerS
    this.#chunkCachedS = (stretched * chunkBytesPerLayer(model, parallelism, 0, 1)) / chunkBytesPerS
    const flopsPerPair = (4 * model.heads * model.headDim) / parallelism.tp
    this.#pairS = (stretched * flopsPerPair) / (attentionPrefill.flopsPerS * attentionPrefill.compute)
  }

  stepSeconds(step: MixedStep): number {
    const { sequences } = step
    const fixedS =
      this.#chunkStepS.at(sequences + step.chunkTokens) + this.#sampledS.at(sequences + step.chunks)
    const chunkS = this.#chunks(step.chunkTokens, step.chunkCachedTokens, step.chunkPairs)
    if (sequences === 0) return fixedS + chunkS
    const decodeS = this.#decodeAttentionS + this.#sequenceS * sequences
    return fixedS + chunkS + (decodeS + this.contextSeconds * contextAt(step, 1))
  }

  decodeSeconds(batch: DecodeBatch, steps: number): number {
    return steps * this.#decodeS.at(batch.sequences) + this.contextSeconds * contextRead(batch, steps)
  }

  gapSeconds(batch: DecodeBatch, step: number): number {
    return this.#decodeS.at(batch.sequences) + this.contextSeconds * contextAt(batch, step)
  }

  affineSeconds(batch: DecodeBatch): number {
    return this.#decodeS.at(batch.sequences)
  }

  steadySteps(): number {
    return Number.POSITIVE_INFINITY
  }

  chunkSeconds(tokens: number, cachedTokens: number): number {
    return this.#chunks(tokens, cachedTokens, causalPairs(tokens, cachedTokens))
  }

  #chunks(tokens: number, cachedTokens: number, pairs: number): number {
    return this.#chunkTokenS * tokens + this.#chunkCachedS * cachedTokens + this.#pairS * pairs
  }

  #priceDecode(sequences: number): number {
    const attentionS = this.#decodeAttentionS + this.#sequenceS * sequences
    const productsS = this.#layers(sequences) + this.#output(sequences)
    return this.#stepS + this.#tokenS * sequences + productsS + attentionS
  }

  #priceChunkStep(tokens: number): number {
    const productsS = this.#options.constants.prefillMultiplier * this.#layers(tokens)
    return this.#stepS + this.#tokenS * tokens + productsS + this.#chunkAttentionS
  }

  #priceSampled(sampled: number): number {
    return this.#options.constants.prefillMultiplier * this.#output(sampled)
  }

  #output(sampled: number): number {
    return this.#product(this.#head, sampled, this.#options.constants.head)
  }

  #layers(tokens: number): number {
    const { gemm } = this.#options.constants
    let seconds = 0
    for (const product of this.#products) seconds += product.layers * this.#product(product, tokens, gemm)
    return seconds
  }

  #product(product: Product, tokens: number, roofline: RooflineConstants): number {
    const { constants, parallelism } = this.#options
    const computeS = productFlops(product, tokens) / (roofline.flopsPerS * roofline.compute)
    const bytes = productBytes(product, tokens, parallelism.activationBytes)
    return roofline.fixedS + Math.max(computeS, bytes / (constants.bytesPerS * roofline.memory))
  }
}

/** Seconds of a step that neither its tokens nor its context change. */
function stepSeconds({ model, parallelism, constants }: OperatorsOptions): number {
  const { allReduce, elementwise, stepS, layerS, moeLayerS } = constants
  const hops = parallelism.tp - 1
  const allReduceS = allReduce === undefined || hops === 0 ? 0 : allReduce.fixedS + allReduce.hopS * hops
  return (
    stepS + model.layers * (layerS + elementwise.fixedS + 2 * allReduceS) + moeLayersOf(model) * moeLayerS
  )
}

/** Seconds that each token adds outside matrix products and attention: elementwise kernels, ring all-reduce. */
function tokenSeconds({ model, parallelism, constants }: OperatorsOptions): number {
  const { allReduce, elementwise, bytesPerS } = constants
  const { tp, activationBytes } = parallelism
  const elementwiseS = elementwiseBytes(model, parallelism) / (bytesPerS * elementwise.memory)
  if (allReduce === undefined) return elementwiseS
  const ringBytes = ((2 * (tp - 1)) / tp) * model.hidden * activationBytes
  return elementwiseS + (2 * model.layers * ringBytes) / (allReduce.bytesPerS * allReduce.link)
}

/** An efficiency above 1 is a step faster than the datasheet allows: such a fit has measured a cache. */
function check({ model, parallelism, constants }: OperatorsOptions): void {
  const { gemm, head, attentionPrefill, attentionDecode, elementwise, allReduce } = constants
  for (const [name, roofline] of Object.entries({ gemm, head, attentionPrefill })) {
    checkShare(`${name}.compute`, roofline.compute)
    checkShare(`${name}.memory`, roofline.memory)
  }
  checkShare('attentionDecode.memory', attentionDecode.memory)
  checkShare('elementwise.memory', elementwise.memory)
  if (allReduce !== undefined) checkShare('allReduce.link', allReduce.link)
  if (parallelism.tp > 1 && allReduce === undefined) {
    throw new RangeError(`tp ${parallelism.tp} needs allReduce: the device has no scale-up link`)
  }
  if (!(constants.prefillMultiplier >= 1)) {
    throw new RangeError(`prefillMultiplier ${constants.prefillMultiplier} is below 1`)
  }
  if (moeLayersOf(model) > model.layers) throw new RangeError(`moeLayers exceeds the ${model.layers} layers`)
}

function checkShare(name: string, value: number): void {
  if (!(value > 0 && value <= 1)) throw new RangeError(`${name} ${value} is not above 0 and at most 1`)
}
