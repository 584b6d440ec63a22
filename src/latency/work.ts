import type { Work } from './contract.ts'
import { attentionTp, dealOf, type Parallelism } from './layout.ts'
import { headProduct, layerProducts, meanRows, type Product, productBytes, productFlops } from './products.ts'
import {
  chunkBytesPerLayer,
  contextFlopsPerLayer,
  elementwiseBytes,
  kvBytesPerToken,
  pairFlopsPerLayer,
  type Transformer,
} from './transformer.ts'

/**
 * The work of a transformer: the very bytes and operations that the `operators` model prices. A step counts as
 * dealt out over as many micro-batches as its tokens can fill, each of which reads the weights.
 */
export class TransformerWork implements Work {
  readonly contextBytes: number
  readonly contextFlops: number
  readonly pairFlops: number
  readonly rowsPerDecode: number
  readonly #model: Transformer
  readonly #parallelism: Parallelism
  readonly #products: readonly Product[]
  readonly #head: Product
  readonly #elementwiseBytes: number

  /** @param rowsPerDecode as `OperatorsOptions` has it */
  constructor(model: Transformer, parallelism: Parallelism, rowsPerDecode = 1) {
    this.rowsPerDecode = rowsPerDecode
    this.#model = model
    this.#parallelism = parallelism
    this.#products = layerProducts(model, parallelism)
    this.#head = headProduct(model, parallelism)
    const { ofRank, ofAll } = elementwiseBytes(model, parallelism)
    this.#elementwiseBytes = ofRank * attentionTp(parallelism) + ofAll * parallelism.tp
    this.contextBytes = kvBytesPerToken(model, parallelism)
    this.contextFlops = rowsPerDecode * model.layers * contextFlopsPerLayer(model)
    this.pairFlops = model.layers * pairFlopsPerLayer(model)
  }

  tokenBytes(tokens: number): number {
    const { microBatches, ranks } = dealOf(this.#parallelism, tokens)
    const ofAll = tokens / microBatches
    let bytes = 0
    for (const product of this.#products) {
      const { isOfRank, layers } = product
      const devices = isOfRank ? attentionTp(this.#parallelism) * ranks : this.#parallelism.tp
      bytes += layers * devices * this.#bytes(product, isOfRank ? ofAll / ranks : ofAll)
    }
    return microBatches * bytes + tokens * this.#elementwiseBytes
  }

  tokenFlops(tokens: number): number {
    let flops = 0
    for (const product of this.#products) {
      const devices = product.isOfRank ? attentionTp(this.#parallelism) : this.#parallelism.tp
      flops += product.layers * devices * productFlops(product, meanRows(product, tokens))
    }
    return flops
  }

  sampledBytes(sampled: number): number {
    const { microBatches } = dealOf(this.#parallelism, sampled)
    return microBatches * this.#bytes(this.#head, sampled / microBatches) * this.#parallelism.tp
  }

  sampledFlops(sampled: number): number {
    return productFlops(this.#head, sampled) * this.#parallelism.tp
  }

  chunkBytes(tokens: number, cachedTokens: number): number {
    const layer = chunkBytesPerLayer(this.#model, this.#parallelism, tokens, cachedTokens)
    return layer * this.#model.layers * attentionTp(this.#parallelism)
  }

  #bytes(product: Product, tokens: number): number {
    return productBytes(product, tokens, meanRows(product, tokens), this.#parallelism.activationBytes)
  }
}
