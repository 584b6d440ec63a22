import type { Served } from './served-replica.ts'
import type { Metric } from './served-row.ts'

/** The metrics of a served run, by the columns that measurements have. */
export function figureOf(metric: Metric, run: Served, inputTokens: number): number {
  const { seconds, outputTokens } = run
  switch (metric) {
    case 'request_throughput_rps':
      return run.e2e.length / seconds
    case 'output_throughput_tok_s':
      return outputTokens / seconds
    case 'total_throughput_tok_s':
      return (outputTokens + inputTokens) / seconds
    default:
      return latencyOf(metric, run)
  }
}

type LatencyMetric = Exclude<Metric, `${string}throughput${string}`>

function latencyOf(metric: LatencyMetric, run: Served): number {
  const [measure, statistic] = metric.split('_') as ['ttft' | 'tpot' | 'e2e', 'mean' | 'p50' | 'p90' | 'p99']
  const values = run[measure].filter(value => !Number.isNaN(value))
  return statistic === 'mean' ? meanOf(values) : quantileOf(values, Number(statistic.slice(1)) / 100)
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Interpolated between neighbours in order of size, as benchmark tools do. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (place - below) * (sorted[above] - sorted[below])
}
