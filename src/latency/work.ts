import type { Work } from './contract.ts'
import {
  chunkBytesPerLayer,
  elementwiseBytes,
  headProduct,
  kvBytesPerToken,
  layerProducts,
  type Parallelism,
  type Product,
  productBytes,
  productFlops,
  type Transformer,
} from './transformer.ts'

/** The work of a transformer: the very bytes and operations that the `operators` model prices. */
export class TransformerWork implements Work {
  readonly contextBytes: number
  readonly contextFlops: number
  readonly pairFlops: number
  readonly #model: Transformer
  readonly #parallelism: Parallelism
  readonly #products: readonly Product[]
  readonly #head: Product

  constructor(model: Transformer, parallelism: Parallelism) {
    this.#model = model
    this.#parallelism = parallelism
    this.#products = layerProducts(model, parallelism)
    this.#head = headProduct(model, parallelism)
    this.contextBytes = kvBytesPerToken(model, parallelism)
    this.contextFlops = 4 * model.layers * model.heads * model.headDim
    this.pairFlops = this.contextFlops
  }

  tokenBytes(tokens: number): number {
    let bytes = tokens * elementwiseBytes(this.#model, this.#parallelism)
    for (const product of this.#products) bytes += product.layers * this.#bytes(product, tokens)
    return bytes * this.#parallelism.tp
  }

  tokenFlops(tokens: number): number {
    let flops = 0
    for (const product of this.#products) flops += product.layers * productFlops(product, tokens)
    return flops * this.#parallelism.tp
  }

  sampledBytes(sampled: number): number {
    return this.#bytes(this.#head, sampled) * this.#parallelism.tp
  }

  sampledFlops(sampled: number): number {
    return productFlops(this.#head, sampled) * this.#parallelism.tp
  }

  chunkBytes(tokens: number, cachedTokens: number): number {
    const layer = chunkBytesPerLayer(this.#model, this.#parallelism, tokens, cachedTokens)
    return layer * this.#model.layers * this.#parallelism.tp
  }

  #bytes(product: Product, tokens: number): number {
    return productBytes(product, tokens, this.#parallelism.activationBytes)
  }
}
