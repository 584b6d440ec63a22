/** How far what a policy expected of requests, when it sent them, was from what came true. */
export interface PredictionResult {
  /** Of whom: `ttft`, `tpot`, `e2e` in seconds, `usd`, `joules`. */
  readonly quantity: string
  /** Requests compared: those that arrived in the window and got their output. */
  readonly count: number
  /** Means of what came true, of what was expected less that, and of the size of that difference. */
  readonly realisedMean: number
  readonly bias: number
  readonly meanAbsoluteError: number
  /** Quantiles of |expected / realised - 1|. */
  readonly ape50: number
  readonly ape90: number
}
