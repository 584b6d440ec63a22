import { JointMoments, rankCorrelation } from './correlation.ts'
import { EXACT_VALUES } from './reals.ts'

/** How prompt and output lengths go together. */
export interface LengthCorrelation {
  readonly pearson: number
  /** Of the logarithms. */
  readonly pearsonOfLogs: number
  readonly spearman: number
  /** Of how many requests, evenly over the trace, `spearman` is; the others are of all. */
  readonly sampled: number
}

/** Gathers the lengths of requests: all of them up to 4 Mi, beyond that every n-th. */
export class LengthPairs {
  readonly #most: number
  readonly #moments = new JointMoments()
  readonly #logMoments = new JointMoments()
  #input = new Int32Array(1024)
  #output = new Int32Array(1024)
  #length = 0
  #stride = 1
  #untilNext = 0

  /** @param most pairs to keep; even */
  constructor(most = EXACT_VALUES) {
    this.#most = most
  }

  add(inputTokens: number, outputTokens: number): void {
    this.#moments.add(inputTokens, outputTokens)
    if (inputTokens > 0 && outputTokens > 0) {
      this.#logMoments.add(Math.log(inputTokens), Math.log(outputTokens))
    }
    if (this.#untilNext-- > 0) return
    if (this.#length === this.#most) this.#thin()
    if (this.#length === this.#input.length) this.#grow()
    this.#input[this.#length] = inputTokens
    this.#output[this.#length++] = outputTokens
    this.#untilNext = this.#stride - 1
  }

  correlation(): LengthCorrelation {
    const input = this.#input.subarray(0, this.#length)
    const output = this.#output.subarray(0, this.#length)
    return {
      pearson: this.#moments.correlation(),
      pearsonOfLogs: this.#logMoments.correlation(),
      spearman: rankCorrelation(input, output),
      sampled: this.#length,
    }
  }

  /** Drops every other one. The pair at hand comes a whole new stride after the last that stays, as `most` is even. */
  #thin(): void {
    this.#length /= 2
    for (let i = 0; i < this.#length; i++) {
      this.#input[i] = this.#input[2 * i]
      this.#output[i] = this.#output[2 * i]
    }
    this.#stride *= 2
  }

  #grow(): void {
    const length = Math.min(this.#most, 2 * this.#length)
    const [input, output] = [new Int32Array(length), new Int32Array(length)]
    input.set(this.#input)
    output.set(this.#output)
    this.#input = input
    this.#output = output
  }
}
