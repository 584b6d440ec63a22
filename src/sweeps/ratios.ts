/** A metric that is an amount of the window over millions of tokens. */
export interface Ratio {
  /** Columns that add up to the amount. */
  readonly amounts: readonly string[]
  /** Column of the tokens a second that it is spread over. */
  readonly tokensPerS: string
}

export const WINDOW_S = 'window_s'
export const ARRIVED = 'arrived_in_window'
export const SATURATED = 'saturated'

const USD = ['cost_busy_usd', 'cost_idle_usd']
const JOULES = ['energy_busy_j', 'energy_idle_j']
const GRAMS = ['co2_busy_g', 'co2_idle_g']

/** What becomes of several replications of these is the ratio of their sums, not the mean of their ratios. */
export const RATIOS: Readonly<Record<string, Ratio>> = {
  usd_per_mtok: { amounts: USD, tokensPerS: 'output_tokens_per_s' },
  usd_per_good_mtok: { amounts: USD, tokensPerS: 'goodput_tokens_per_s' },
  j_per_mtok: { amounts: JOULES, tokensPerS: 'output_tokens_per_s' },
  j_per_good_mtok: { amounts: JOULES, tokensPerS: 'goodput_tokens_per_s' },
  g_per_mtok: { amounts: GRAMS, tokensPerS: 'output_tokens_per_s' },
  g_per_good_mtok: { amounts: GRAMS, tokensPerS: 'goodput_tokens_per_s' },
}

/**
 * Columns that results have beside the metrics asked for, because estimates and warnings rest on them: what ratios are
 * of, how many requests there were, whether the queue still grew.
 */
export function supportOf(metrics: readonly string[]): string[] {
  const parts = metrics.flatMap(metric => (Object.hasOwn(RATIOS, metric) ? partsOf(RATIOS[metric]) : []))
  const all = new Set([ARRIVED, SATURATED, ...parts])
  return [...all].filter(name => !metrics.includes(name))
}

/** Of the columns of results by themselves, the metrics that were asked for: support follows them. */
export function metricsIn(columns: readonly string[]): readonly string[] {
  const isAsked = (count: number) => {
    const metrics = columns.slice(0, count)
    return [...metrics, ...supportOf(metrics)].join() === columns.join()
  }
  const count = [...columns.keys()].find(isAsked)
  return count === undefined ? columns : columns.slice(0, count)
}

function partsOf({ amounts, tokensPerS }: Ratio): string[] {
  return [...amounts, tokensPerS, WINDOW_S]
}
