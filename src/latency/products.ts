import { attentionTp, type Parallelism } from './layout.ts'
import { kvHeadsPerDevice, moeLayersOf, type Transformer } from './transformer.ts'

/** A matrix product of one device in a step: rows × depth times depth × columns, once in each of `layers`. */
export interface Product {
  readonly layers: number
  /** Rows that each token brings to the device. */
  readonly rowsPerToken: number
  readonly columns: number
  readonly depth: number
  /** Elements that a row reads; `depth` of them unless every head has its own. */
  readonly inputs?: number
  readonly weightBytes: number
  /** Weight matrices on the device of which each token uses `rowsPerToken`; 1 where all tokens share one. */
  readonly matrices: number
  /** Whether its rows are the tokens of an attention rank; else those of the whole micro-batch. */
  readonly isOfRank: boolean
  /** Groups of devices over which the experts that tokens choose are spread. */
  readonly groups: number
}

type Shape = Pick<Product, 'columns' | 'depth' | 'inputs'>

/** The matrix products of all layers: attention's; up (fused with the gate) and down; for experts these two again. */
export function layerProducts(model: Transformer, parallelism: Parallelism): Product[] {
  const { layers, moe } = model
  const { tp, ep, weightBytes } = parallelism
  const dense = { layers, rowsPerToken: 1, matrices: 1, weightBytes, isOfRank: false, groups: 1 }
  const products = [
    ...attentionShapes(model, parallelism).map(shape => ({ ...dense, isOfRank: true, ...shape })),
    ...mlp(model, { ...dense, layers: layers - moeLayersOf(model) }, model.ffn / tp),
  ]
  if (moe === undefined) return products.filter(isDone)
  const shared = { ...dense, layers: moe.moeLayers }
  const routed = {
    ...shared,
    rowsPerToken: moe.expertsPerToken / ep,
    matrices: moe.experts / ep,
    groups: ep,
  }
  return [
    ...products,
    ...mlp(model, shared, (moe.sharedExperts * moe.expertFfn) / tp),
    ...mlp(model, routed, (moe.expertFfn * ep) / tp),
  ].filter(isDone)
}

/** The output layer, at the width of activations. Its rows are the tokens that are sampled. */
export function headProduct(model: Transformer, { tp, activationBytes }: Parallelism): Product {
  return {
    layers: 1,
    rowsPerToken: 1,
    columns: model.vocab / tp,
    depth: model.hidden,
    weightBytes: activationBytes,
    matrices: 1,
    isOfRank: false,
    groups: 1,
  }
}

/** q, k and v in one, and o; for latent attention its compressions and expansions. */
function attentionShapes(model: Transformer, parallelism: Parallelism): Shape[] {
  const { hidden, headDim, mla } = model
  const heads = model.heads / attentionTp(parallelism)
  if (mla === undefined) {
    const kv = kvHeadsPerDevice(model, attentionTp(parallelism)) * headDim
    return [
      { columns: heads * headDim + 2 * kv, depth: hidden },
      { columns: hidden, depth: heads * headDim },
    ]
  }
  const queries = heads * (mla.nopeDim + mla.ropeDim)
  const latent = mla.kvRank + mla.ropeDim
  const down =
    mla.queryRank === 0
      ? [{ columns: queries + latent, depth: hidden }]
      : [
          { columns: mla.queryRank + latent, depth: hidden },
          { columns: queries, depth: mla.queryRank },
        ]
  return [
    ...down,
    { columns: heads * mla.kvRank, depth: mla.nopeDim, inputs: heads * mla.nopeDim },
    { columns: heads * mla.valueDim, depth: mla.kvRank, inputs: heads * mla.kvRank },
    { columns: hidden, depth: heads * mla.valueDim },
  ]
}

function mlp(model: Transformer, product: Omit<Product, keyof Shape>, ffn: number): Product[] {
  return [
    { ...product, columns: model.gatedMlp ? 2 * ffn : ffn, depth: model.hidden },
    { ...product, columns: model.hidden, depth: ffn },
  ]
}

function isDone(product: Product): boolean {
  return product.layers > 0 && product.columns > 0 && product.depth > 0
}

/** Rows of the product on a device, on average over devices. */
export function meanRows(product: Product, tokens: number): number {
  return tokens * product.rowsPerToken
}

/**
 * Rows on the busiest of the groups when every token takes its experts at random: mean + σ·sqrt(2·ln groups), the
 * leading term of the largest of as many normal draws, at most all. Trained routers are less even than chance.
 */
export function busiestRows(product: Product, tokens: number): number {
  const mean = meanRows(product, tokens)
  const { groups } = product
  if (groups === 1) return mean
  const spread = Math.sqrt(2 * mean * (1 - 1 / groups) * Math.log(groups))
  return Math.min(mean + spread, groups * mean)
}

/** Whether tokens choose among its matrices. */
export function isOfExperts({ matrices, groups }: Product): boolean {
  return matrices > 1 || groups > 1
}

/** Floating-point operations of the product in one layer of one device. */
export function productFlops(product: Product, rows: number): number {
  return 2 * rows * product.columns * product.depth
}

/** Bytes of the product in one layer of one device: weights that `tokens` touch, inputs read, outputs written. */
export function productBytes(
  product: Product,
  tokens: number,
  rows: number,
  activationBytes: number,
): number {
  const { columns, depth, inputs = depth } = product
  const activations = rows * (columns + inputs) * activationBytes
  return matricesTouched(product, tokens) * (columns * depth * product.weightBytes) + activations
}

/** Mean number of experts that `tokens` tokens touch when each takes k of E at random: E·(1−(1−k/E)^tokens). */
export function matricesTouched(product: Product, tokens: number): number {
  if (product.groups === 1 && product.matrices === 1) return 1
  const missed = Math.log(1 - product.rowsPerToken / product.matrices)
  return product.matrices * (1 - Math.exp(tokens * missed))
}

/** Bytes that the products' weights take on one device. */
function storedBytes(products: readonly Product[]): number {
  return products.reduce(
    (sum, { layers, matrices, columns, depth, weightBytes }) =>
      sum + layers * matrices * columns * depth * weightBytes,
    0,
  )
}

/** Bytes that the weights take on all devices of a replica together. */
export function weightBytes(model: Transformer, parallelism: Parallelism): number {
  const { tp, activationBytes } = parallelism
  const router = (model.moe?.experts ?? 0) * moeLayersOf(model) * model.hidden * activationBytes
  const vocabularies = model.tiedEmbedding ? 1 : 2
  const embedding = vocabularies * model.vocab * model.hidden * activationBytes
  return storedBytes(layerProducts(model, parallelism)) * tp + router + embedding
}
