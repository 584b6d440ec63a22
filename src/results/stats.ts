import { LogBins } from './log-bins.ts'

/** Mean, quantiles and count of one measure of requests or tokens. */
export interface Spread {
  readonly count: number
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
}

/** Gathers values one by one: an exact mean, quantiles within 0.8 %. */
export class Gather {
  readonly #bins = new LogBins()
  readonly #sum = new Float64Array(1)

  add(value: number): void {
    this.#bins.add(value, 1)
    this.#sum[0] += value
  }

  spread(): Spread {
    return spreadOf(this.#bins, this.#sum[0])
  }
}

export function spreadOf(bins: LogBins, sum: number): Spread {
  return {
    count: bins.count,
    mean: sum / bins.count,
    p50: bins.quantile(0.5),
    p90: bins.quantile(0.9),
    p99: bins.quantile(0.99),
  }
}
