import { type Better, metricColumns } from './metrics.ts'

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

/** Endings of names and the units of what they name. */
const UNITS: readonly (readonly [ending: RegExp, unit: string])[] = [
  [/_tokens_per_s$/, 'tokens/s'],
  [/_rps$/, 'requests/s'],
  [/_s$/, 's'],
  [/_j$/, 'J'],
  [/_usd$/, '$'],
  [/_usd_per_h$/, '$/h'],
  [/_g$/, 'gCO2'],
  [/^usd_per_.*mtok$/, '$/Mtok'],
  [/^j_per_.*mtok$/, 'J/Mtok'],
  [/^g_per_.*mtok$/, 'gCO2/Mtok'],
]

/** Empty of a share, a count and what this program does not know. */
export function unitOf(metric: string): string {
  return UNITS.find(([ending]) => ending.test(metric))?.[1] ?? ''
}
