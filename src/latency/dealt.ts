import { ByCount } from './by-count.ts'
import type { ExchangeConstants, OperatorConstants, RooflineConstants } from './constants.ts'
import { contextAt, contextRead, contextWith } from './context.ts'
import type { DecodeBatch, MixedStep } from './contract.ts'
import { attentionTp, type Deal, dealOf, type Parallelism } from './layout.ts'
import {
  busiestRows,
  headProduct,
  isOfExperts,
  layerProducts,
  type Product,
  productBytes,
  productFlops,
} from './products.ts'
import {
  chunkBytesPerLayer,
  contextFlopsPerLayer,
  elementwiseBytes,
  kvBytesPerLayer,
  moeLayersOf,
  pairFlopsPerLayer,
  type Transformer,
} from './transformer.ts'

export interface OperatorsOptions {
  readonly model: Transformer
  readonly parallelism: Parallelism
  readonly constants: OperatorConstants
  /**
   * Tokens that each decode brings to a step, of which the last are proposals to be verified: products, elementwise
   * kernels, exchanges and output layer compute them all, attention reads the context once. 1 where absent.
   */
  readonly rowsPerDecode?: number
}

/**
 * Prices of the steps of so many members, all dealt out alike: a step is the sum of its operators on the busiest
 * devices, each `fixed + max(compute, bytes)` (MODEL_STUDY §1). All layers are counted, whichever stage they are
 * in: a micro-batch passes every stage, or every stage sees as many micro-batches. The host, the output layer and
 * the way between stages are met once for each micro-batch.
 *
 * Decodes spread over all attention ranks; a chunk stays on one, and the others wait for the busiest. Over
 * micro-batches the tokens of chunks are dealt evenly like decodes: that is right for throughput and gaps of a steady
 * pipeline, but a lone chunk among few decodes comes out too short by up to `pp - 1` stage times, and the chunks of a
 * lone prompt follow one another round by round, though each could enter a stage as soon as the last has left it.
 */
export class Dealt {
  /** Attention of decodes, all layers: per step that has any, per context token. */
  readonly #decodeAttentionS: number
  readonly contextS: number
  /** Attention of chunks that lie on all places, all layers: per token, per cached token read, per query-key pair. */
  readonly #chunkTokenS: number
  readonly #chunkCachedS: number
  readonly #pairS: number
  /** Attention of the sequences of a step but for the context they read, by sequences. */
  readonly #sequencesS = new ByCount(sequences => this.#sequences(sequences))
  /** A decode step but for the context it reads, by sequences. */
  readonly decodeS = new ByCount(sequences => this.#decodeStep(sequences))
  /** A step with chunks but for attention per token, what is by member and `rowsS`, by tokens. */
  readonly #chunkStepS = new ByCount(tokens => this.#chunkStepOf(tokens))
  /** What the rows of the busiest rank add to a step with chunks where there are ranks, by rows. */
  readonly #rowsS = new ByCount(rows => this.#chunkStep(0, rows) - this.#chunkStep(0, 0))
  /** The output layer of a step with chunks, by tokens sampled. */
  readonly #sampledS = new ByCount(sampled => this.#chunkSampled(sampled))
  readonly #rowsPerDecode: number
  /** What the host takes for a step and for each of its members. */
  readonly #stepHostS: number
  readonly #memberHostS: number
  /** Attention ranks that the members are dealt to. */
  readonly #ranks: number
  readonly #options: OperatorsOptions
  readonly #deal: Deal
  readonly #products: readonly Product[]
  readonly #head: Product
  readonly #elementwise: { readonly ofRank: number; readonly ofAll: number }

  constructor(options: OperatorsOptions, members: number) {
    const { model, parallelism, constants, rowsPerDecode = 1 } = options
    const { bytesPerS, attentionDecode, attentionPrefill, prefillMultiplier } = constants
    this.#options = options
    this.#deal = dealOf(parallelism, members)
    this.#ranks = this.#deal.ranks
    this.#rowsPerDecode = rowsPerDecode
    this.#stepHostS = this.#deal.microBatches * constants.stepS
    this.#memberHostS = constants.sequenceS
    this.#products = layerProducts(model, parallelism)
    this.#head = headProduct(model, parallelism)
    this.#elementwise = elementwiseBytes(model, parallelism)
    const { layers } = model
    const places = this.#deal.microBatches * this.#deal.ranks
    const sharers = attentionTp(parallelism)
    const attentionFlopsPerS = attentionPrefill.flopsPerS * attentionPrefill.compute * sharers
    this.#decodeAttentionS = layers * attentionDecode.fixedS
    const contextBytesS = kvBytesPerLayer(model, parallelism) / (bytesPerS * attentionDecode.memory)
    const contextFlopsS = (rowsPerDecode * contextFlopsPerLayer(model)) / attentionFlopsPerS
    this.contextS = (layers * Math.max(contextBytesS, contextFlopsS)) / places
    const stretched = (layers * prefillMultiplier) / places
    const chunkBytesPerS = bytesPerS * attentionPrefill.memory
    this.#chunkTokenS = (stretched * chunkBytesPerLayer(model, parallelism, 1, 0)) / chunkBytesPerS
    this.#chunkCachedS = (stretched * chunkBytesPerLayer(model, parallelism, 0, 1)) / chunkBytesPerS
    this.#pairS = (stretched * pairFlopsPerLayer(model)) / attentionFlopsPerS
  }

  /** Seconds of a step with chunks, were there no floor. */
  stepSeconds(step: MixedStep): number {
    const { sequences, chunks, chunkTokens } = step
    const rows = sequences * this.#rowsPerDecode
    const sampledS = this.#hostS(sequences + chunks) + this.#sampledS.at(rows + chunks)
    const fixedS = this.#chunkStepS.at(rows + chunkTokens) + sampledS
    const spreadS = this.chunkSeconds(chunkTokens, step.chunkCachedTokens, step.chunkPairs)
    const chunkS = this.#ranks === 1 ? spreadS : this.#ranksS(step, spreadS)
    if (sequences === 0) return fixedS + chunkS
    return fixedS + chunkS + (this.#sequencesS.at(sequences) + this.contextS * contextAt(step, 1))
  }

  /** Of the first decode steps of the batch, and of one of them. */
  decodeSeconds(batch: DecodeBatch, steps: number): number {
    return steps * this.decodeS.at(batch.sequences) + this.contextS * contextRead(batch, steps)
  }

  gapSeconds(batch: DecodeBatch, step: number): number {
    return this.decodeS.at(batch.sequences) + this.contextS * contextAt(batch, step)
  }

  /** Of a decode step at which each decode has added `tokens` to its context. */
  gapSecondsWith(batch: DecodeBatch, tokens: number): number {
    return this.decodeS.at(batch.sequences) + this.contextS * contextWith(batch, tokens)
  }

  /** Attention of chunks, as if spread over all ranks. */
  chunkSeconds(tokens: number, cachedRead: number, pairs: number): number {
    return this.#chunkTokenS * tokens + this.#chunkCachedS * cachedRead + this.#pairS * pairs
  }

  #sequences(sequences: number): number {
    const { model, constants } = this.#options
    const { ofRank } = this.#share(sequences)
    return this.#decodeAttentionS + model.layers * constants.attentionDecode.perSequenceS * ofRank
  }

  /**
   * What ranks make of a step with chunks: the rows of the busiest, and the chunks' attention on as many ranks as
   * there are chunks for.
   *
   * @param spreadS the chunks' attention were it on all ranks
   */
  #ranksS({ sequences, chunks, chunkTokens }: MixedStep, spreadS: number): number {
    const { microBatches, ranks } = this.#deal
    const chunkRanks = Math.min(ranks, Math.max(1, Math.ceil(chunks / microBatches)))
    const chunkRows = Math.ceil(chunkTokens / (microBatches * chunkRanks))
    const decodeRows = sequences * this.#rowsPerDecode
    const { ofAll } = this.#share(decodeRows + chunkTokens)
    const rows = Math.min(ofAll, this.#share(decodeRows).ofRank + chunkRows)
    return this.#rowsS.at(rows) + spreadS * (ranks / chunkRanks)
  }

  #decodeStep(sequences: number): number {
    const { ofAll, ofRank } = this.#share(sequences * this.#rowsPerDecode)
    const { microBatches } = this.#deal
    const headS = microBatches * this.#headS(ofAll)
    const fixedS = this.#fixedS(ofAll, ofRank) + this.#hostS(sequences)
    return fixedS + this.#layersS(ofAll, ofRank) + headS + this.#sequences(sequences)
  }

  #chunkStepOf(tokens: number): number {
    const { ofAll } = this.#share(tokens)
    return this.#chunkStep(ofAll, this.#ranks === 1 ? ofAll : 0)
  }

  #chunkStep(ofAll: number, ofRank: number): number {
    const { model, constants } = this.#options
    const { prefillMultiplier, attentionPrefill } = constants
    const attentionS = model.layers * attentionPrefill.fixedS
    return this.#fixedS(ofAll, ofRank) + prefillMultiplier * (this.#layersS(ofAll, ofRank) + attentionS)
  }

  #chunkSampled(sampled: number): number {
    const { microBatches } = this.#deal
    const headS = microBatches * this.#headS(this.#share(sampled).ofAll)
    return this.#options.constants.prefillMultiplier * headS
  }

  /** Tokens of the largest micro-batch, and of its largest attention rank, all spread evenly. */
  #share(tokens: number): { readonly ofAll: number; readonly ofRank: number } {
    const ofAll = Math.ceil(tokens / this.#deal.microBatches)
    return { ofAll, ofRank: Math.ceil(ofAll / this.#deal.ranks) }
  }

  #hostS(members: number): number {
    return this.#stepHostS + members * this.#memberHostS
  }

  /** Elementwise kernels, routing and exchanges. */
  #fixedS(ofAll: number, ofRank: number): number {
    const { model, parallelism, constants } = this.#options
    const { elementwise, bytesPerS, layerS, moeLayerS } = constants
    const bytes = ofRank * this.#elementwise.ofRank + ofAll * this.#elementwise.ofAll
    const kernelsS = model.layers * (layerS + elementwise.fixedS) + moeLayersOf(model) * moeLayerS
    const exchangesS = model.layers * exchangeSeconds(model, parallelism, constants, ofAll, ofRank)
    const hopsS = (parallelism.pp - 1) * this.#sendSeconds(ofAll)
    return kernelsS + bytes / (bytesPerS * elementwise.memory) + exchangesS + hopsS
  }

  #sendSeconds(tokens: number): number {
    const { model, parallelism, constants } = this.#options
    const { sendReceive } = constants
    if (sendReceive === undefined) return 0
    const bytes = tokens * model.hidden * parallelism.activationBytes
    return sendReceive.fixedS + bytes / (sendReceive.bytesPerS * sendReceive.link)
  }

  #layersS(ofAll: number, ofRank: number): number {
    const { gemm } = this.#options.constants
    let seconds = 0
    for (const product of this.#products) {
      seconds += product.layers * this.#product(product, product.isOfRank ? ofRank : ofAll, gemm)
    }
    return seconds
  }

  #headS(sampled: number): number {
    return this.#product(this.#head, sampled, this.#options.constants.head)
  }

  #product(product: Product, tokens: number, roofline: RooflineConstants): number {
    const { constants, parallelism } = this.#options
    const rows = busiestRows(product, tokens)
    const bytes = productBytes(product, tokens, rows, parallelism.activationBytes)
    const onCompute = isOfExperts(product) ? (constants.expertMultiplier ?? 1) : 1
    return rooflineSeconds(roofline, constants.bytesPerS, onCompute * productFlops(product, rows), bytes)
  }
}

/** An operator limited by compute or by memory, and its fixed cost. */
export function rooflineSeconds(
  { fixedS, flopsPerS, compute, memory }: RooflineConstants,
  bytesPerS: number,
  flops: number,
  bytes: number,
): number {
  return fixedS + Math.max(flops / (flopsPerS * compute), bytes / (bytesPerS * memory))
}

/**
 * The exchanges of a layer: an all-reduce after attention and one after the MLP; where attention has ranks of its
 * own, the MLP's tokens are gathered and its results scattered instead, each half of a ring all-reduce.
 */
function exchangeSeconds(
  { hidden }: Transformer,
  parallelism: Parallelism,
  { allReduce, collective }: OperatorConstants,
  ofAll: number,
  ofRank: number,
): number {
  const { tp, attentionDp, activationBytes } = parallelism
  const tokenBytes = hidden * activationBytes
  const sharers = attentionTp(parallelism)
  const afterAttentionS = sharers > 1 ? ringSeconds(allReduce!, sharers, 2, ofRank * tokenBytes) : 0
  if (tp === 1) return 0
  if (attentionDp === 1) return 2 * afterAttentionS
  return afterAttentionS + 2 * ringSeconds(collective!, tp, 1, ofAll * tokenBytes)
}

/** @param rounds that a ring takes: 2 to reduce and spread, 1 to gather or to scatter */
export function ringSeconds(
  { fixedS, hopS, bytesPerS, link }: ExchangeConstants,
  devices: number,
  rounds: number,
  bytes: number,
): number {
  const ringBytes = ((rounds * (devices - 1)) / devices) * bytes
  return fixedS + hopS * (devices - 1) + ringBytes / (bytesPerS * link)
}
