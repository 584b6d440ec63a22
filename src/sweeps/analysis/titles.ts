import { type Better, metricColumns } from '../metrics.ts'

/** Metrics that are shares of a whole: their differences are told in points, not as shares of one another. */
const SHARES = ['slo_attainment', 'saturated', 'prefix_hit_share', 'busy_fraction']

const known = new Map(metricColumns.map(metric => [metric.name, metric]))

/** What sentences call a metric; of one that this program does not know, its name. */
export function titleOf(metric: string): string {
  return known.get(metric)?.title ?? metric
}

export function betterOf(metric: string): Better {
  return known.get(metric)?.better
}

export function isShare(metric: string): boolean {
  return SHARES.includes(metric)
}
