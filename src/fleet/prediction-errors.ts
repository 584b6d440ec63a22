import { LogBins } from '../results/log-bins.ts'
import type { PredictionResult } from '../results/prediction-result.ts'
import type { Prediction } from '../routing/contract.ts'

/** How far off the predictions of one quantity are. */
export class PredictionErrors {
  #count = 0
  #realised = 0
  #bias = 0
  #absolute = 0
  readonly #ape = new LogBins()

  /** Leaves out what has not come true, such as the TPOT of a single token. */
  add(expected: number, realised: number): void {
    if (!(realised > 0)) return
    const error = expected - realised
    this.#count++
    this.#realised += realised
    this.#bias += error
    this.#absolute += Math.abs(error)
    this.#ape.add(Math.abs(error) / realised, 1)
  }

  /** Nothing where nothing was compared. */
  result(quantity: Prediction): PredictionResult[] {
    const count = this.#count
    if (count === 0) return []
    return [
      {
        quantity,
        count,
        realisedMean: this.#realised / count,
        bias: this.#bias / count,
        meanAbsoluteError: this.#absolute / count,
        ape50: this.#ape.quantile(0.5),
        ape90: this.#ape.quantile(0.9),
      },
    ]
  }
}
