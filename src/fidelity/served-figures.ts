import { meanOf, quantileOf } from '../results/exact.ts'
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
