/** Weight of a sum of squares, beside that of the first feature, below which nothing has been seen of a feature lately. */
const UNSEEN = 1e-12
/** Share of its own sum of squares that holds a coefficient down, lest features that go together run away. */
const RIDGE = 1e-4
/** Samples between two solutions. */
const EVERY = 16

/**
 * A linear model fitted to what it is shown, the latest most: least squares with forgetting, as recursive least squares
 * has it (Ljung, System Identification, 11.2), kept as sums of products and solved now and then, so that what has not
 * varied for long does no harm. The first feature is to be a constant.
 */
export class LeastSquares {
  /** Samples seen. */
  count = 0
  readonly #features: number
  readonly #kept: number
  /** By row: sums of products of two features, and of a feature with the target. */
  readonly #sums: Float64Array
  readonly #system: Float64Array
  readonly #coefficients: Float64Array

  /** @param memory samples after which one counts for 1/e */
  constructor(features: number, memory: number) {
    this.#features = features
    this.#kept = 1 - 1 / memory
    this.#sums = new Float64Array(features * (features + 1))
    this.#system = new Float64Array(features * (features + 1))
    this.#coefficients = new Float64Array(features)
  }

  /** @param at where the features begin in `values` */
  predict(values: Float64Array, at: number): number {
    let sum = 0
    for (let i = 0; i < this.#features; i++) sum += this.#coefficients[i] * values[at + i]
    return sum
  }

  learn(values: Float64Array, at: number, target: number, weight: number): void {
    const width = this.#features + 1
    for (let i = 0; i < this.#features; i++) {
      const weighted = weight * values[at + i]
      for (let j = 0; j < this.#features; j++) this.#add(i * width + j, weighted * values[at + j])
      this.#add(i * width + this.#features, weighted * target)
    }
    if (++this.count % EVERY === 0) this.#solve()
  }

  #add(place: number, product: number): void {
    this.#sums[place] = this.#kept * this.#sums[place] + product
  }

  /** By Gauss's elimination, which needs no pivots where the matrix is positive definite. */
  #solve(): void {
    this.#system.set(this.#sums)
    for (let row = 0; row < this.#features; row++) this.#eliminate(row)
    for (let row = this.#features - 1; row >= 0; row--) this.#coefficients[row] = this.#solved(row)
  }

  #isSeen(row: number): boolean {
    return this.#sums[row * (this.#features + 2)] > UNSEEN * this.#sums[0]
  }

  #eliminate(row: number): void {
    if (!this.#isSeen(row)) return
    const system = this.#system
    const width = this.#features + 1
    system[row * (width + 1)] += RIDGE * this.#sums[row * (width + 1)]
    for (let below = row + 1; below < this.#features; below++) {
      const factor = system[below * width + row] / system[row * (width + 1)]
      for (let j = row; j < width; j++) system[below * width + j] -= factor * system[row * width + j]
    }
  }

  #solved(row: number): number {
    if (!this.#isSeen(row)) return 0
    const width = this.#features + 1
    let rest = this.#system[row * width + this.#features]
    for (let j = row + 1; j < this.#features; j++)
      rest -= this.#system[row * width + j] * this.#coefficients[j]
    return rest / this.#system[row * (width + 1)]
  }
}
