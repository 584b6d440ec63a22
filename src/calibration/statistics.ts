/** Statistics of latencies, by the names that columns of measurements end in. NaN of nothing. */
export const STATISTICS = {
  mean: values => values.reduce((sum, value) => sum + value, 0) / values.length,
  p50: quantile(0.5),
  p90: quantile(0.9),
  p99: quantile(0.99),
} as const satisfies Record<string, (values: readonly number[]) => number>

export type Statistic = keyof typeof STATISTICS
export const STATISTIC_NAMES = Object.keys(STATISTICS) as Statistic[]

/** Latencies of a request. */
export const METRICS = ['ttft', 'tpot', 'e2e'] as const
export type Metric = (typeof METRICS)[number]

/** Interpolated between neighbours in order of size, as benchmark tools do. */
function quantile(share: number): (values: readonly number[]) => number {
  return values => {
    const sorted = values.toSorted((a, b) => a - b)
    const place = share * (sorted.length - 1)
    const below = Math.floor(place)
    const above = Math.min(below + 1, sorted.length - 1)
    return sorted[below] + (place - below) * (sorted[above] - sorted[below])
  }
}

/** The statistic of those values that are numbers. */
export function statisticOf(statistic: Statistic, values: readonly number[]): number {
  return STATISTICS[statistic](values.filter(value => !Number.isNaN(value)))
}
