/** Sizes of a decoder-only transformer with grouped-query attention, dense or mixture-of-experts. */
export interface Transformer {
  readonly layers: number
  readonly hidden: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  /** Intermediate size of the dense MLP. */
  readonly ffn: number
  readonly gatedMlp: boolean
  readonly vocab: number
  readonly tiedEmbedding: boolean
  readonly moe?: MixtureOfExperts
}

/** The MLP of `moeLayers` of the layers; the others are dense. */
export interface MixtureOfExperts {
  readonly experts: number
  readonly expertsPerToken: number
  readonly expertFfn: number
  /** Experts that every token passes, beside its own. */
  readonly sharedExperts: number
  readonly moeLayers: number
}

/** How a model lies on the devices of a replica, and in which widths. */
export interface Parallelism {
  /** Devices that share every layer. */
  readonly tp: number
  /** Bytes of a layer's weight: 2 for bf16, 1 for fp8 and int8, 0.5 for fp4. */
  readonly weightBytes: number
  /** Bytes of one element of a key or value. */
  readonly kvBytes: number
  /** Bytes of an activation; embedding and output layer keep this width as well. */
  readonly activationBytes: number
}

/** A matrix product of one device in a step: rows × depth times depth × columns, once in each of `layers`. */
export interface Product {
  readonly layers: number
  /** Rows that each token of the step brings. */
  readonly rowsPerToken: number
  readonly columns: number
  readonly depth: number
  readonly weightBytes: number
  /** Weight matrices of which each token uses `rowsPerToken`; 1 where all tokens share one. */
  readonly matrices: number
}

/** Layers with a mixture of experts. */
export function moeLayersOf(model: Transformer): number {
  return model.moe === undefined ? 0 : model.moe.moeLayers
}

/** KV heads on each device; a head is copied where there are more devices than heads. */
export function kvHeadsPerDevice(model: Transformer, tp: number): number {
  return model.kvHeads / Math.min(tp, model.kvHeads)
}

/** The matrix products of all layers: qkv, o, up (fused with the gate), down; for experts the last two again. */
export function layerProducts(model: Transformer, parallelism: Parallelism): Product[] {
  const { layers, hidden, headDim, moe } = model
  const heads = (model.heads / parallelism.tp) * headDim
  const kv = kvHeadsPerDevice(model, parallelism.tp) * headDim
  const dense = { layers, rowsPerToken: 1, matrices: 1, weightBytes: parallelism.weightBytes }
  const products = [
    { ...dense, columns: heads + 2 * kv, depth: hidden },
    { ...dense, columns: hidden, depth: heads },
    ...mlp(model, { ...dense, layers: layers - moeLayersOf(model) }, model.ffn / parallelism.tp),
  ]
  if (moe === undefined) return products.filter(isDone)
  const shared = { ...dense, layers: moe.moeLayers }
  const routed = { ...shared, rowsPerToken: moe.expertsPerToken, matrices: moe.experts }
  return [
    ...products,
    ...mlp(model, shared, (moe.sharedExperts * moe.expertFfn) / parallelism.tp),
    ...mlp(model, routed, moe.expertFfn / parallelism.tp),
  ].filter(isDone)
}

/** The output layer, at the width of activations. Its rows are the tokens that are sampled. */
export function headProduct(model: Transformer, parallelism: Parallelism): Product {
  return {
    layers: 1,
    rowsPerToken: 1,
    columns: model.vocab / parallelism.tp,
    depth: model.hidden,
    weightBytes: parallelism.activationBytes,
    matrices: 1,
  }
}

function mlp(model: Transformer, product: Omit<Product, 'columns' | 'depth'>, ffn: number): Product[] {
  return [
    { ...product, columns: model.gatedMlp ? 2 * ffn : ffn, depth: model.hidden },
    { ...product, columns: model.hidden, depth: ffn },
  ]
}

function isDone(product: Product): boolean {
  return product.layers > 0 && product.columns > 0 && product.depth > 0
}

/** Floating-point operations of the product in one layer of one device. */
export function productFlops(product: Product, tokens: number): number {
  return 2 * tokens * product.rowsPerToken * product.columns * product.depth
}

/** Bytes of the product in one layer of one device: weights touched, inputs read, outputs written. */
export function productBytes(product: Product, tokens: number, activationBytes: number): number {
  const weights = product.columns * product.depth * product.weightBytes
  const activations = tokens * product.rowsPerToken * (product.columns + product.depth) * activationBytes
  return matricesTouched(product, tokens) * weights + activations
}

/** Mean number of experts that `tokens` tokens touch when each takes k of E at random: E·(1−(1−k/E)^tokens). */
export function matricesTouched(product: Product, tokens: number): number {
  if (product.matrices === 1) return 1
  const missed = Math.log(1 - product.rowsPerToken / product.matrices)
  return product.matrices * (1 - Math.exp(tokens * missed))
}

/** Bytes per token that the elementwise kernels of all layers move on one device (MODEL_STUDY §1). */
export function elementwiseBytes(model: Transformer, parallelism: Parallelism): number {
  const { moe } = model
  const dense = (model.layers - moeLayersOf(model)) * model.ffn
  const sparse =
    moe === undefined ? 0 : moe.moeLayers * (moe.expertsPerToken + moe.sharedExperts) * moe.expertFfn
  return (
    (model.layers * 8 * model.hidden + (3 * (dense + sparse)) / parallelism.tp) * parallelism.activationBytes
  )
}

/** Bytes that the attention of a chunk moves in one layer of one device: q, o, and k, v from its first token on. */
export function chunkBytesPerLayer(
  model: Transformer,
  parallelism: Parallelism,
  tokens: number,
  cachedTokens: number,
): number {
  const queries = 2 * tokens * (model.heads / parallelism.tp) * parallelism.activationBytes
  const keys = 2 * (tokens + cachedTokens) * kvHeadsPerDevice(model, parallelism.tp) * parallelism.kvBytes
  return (queries + keys) * model.headDim
}

/** Bytes that a context token's keys and values take on all devices of a replica together. */
export function kvBytesPerToken(model: Transformer, parallelism: Parallelism): number {
  const heads = kvHeadsPerDevice(model, parallelism.tp) * parallelism.tp
  return model.layers * 2 * heads * model.headDim * parallelism.kvBytes
}

/** Bytes that the weights take on all devices of a replica together. */
export function weightBytes(model: Transformer, parallelism: Parallelism): number {
  const layers = layerProducts(model, parallelism).reduce((sum, product) => sum + storedBytes(product), 0)
  const router = (model.moe?.experts ?? 0) * moeLayersOf(model) * model.hidden * parallelism.activationBytes
  const vocabularies = model.tiedEmbedding ? 1 : 2
  const embedding = vocabularies * model.vocab * model.hidden * parallelism.activationBytes
  return layers * parallelism.tp + router + embedding
}

function storedBytes(product: Product): number {
  return product.layers * product.matrices * product.columns * product.depth * product.weightBytes
}
