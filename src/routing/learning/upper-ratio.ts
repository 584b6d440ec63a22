/** How far one sample moves it: by a twentieth of itself at most. */
const STEP = 0.05

/**
 * The ratio of what came true to what was predicted that a share of requests stays below, followed as they end
 * (Robbins and Monro 1951, on the logarithm). A share of 0 is no bound: the ratio stays 1.
 */
export class UpperRatio {
  value = 1
  readonly #up: number
  readonly #down: number

  constructor(share: number) {
    this.#up = share === 0 ? 1 : Math.exp(STEP * share)
    this.#down = share === 0 ? 1 : Math.exp(STEP * (share - 1))
  }

  learn(predicted: number, realised: number): void {
    this.value *= realised > this.value * predicted ? this.#up : this.#down
  }
}
