import { type Comparison, comparisonsOf, type Outcome } from '../../src/sweeps/analysis/comparisons.ts'
import { type Contender, type Context, contextsOf } from '../../src/sweeps/analysis/contexts.ts'
import type { SavedResults } from '../../src/sweeps/analysis/saved-results.ts'
import { valuesOf } from '../../src/sweeps/group-series.ts'
import { measured } from '../../src/sweeps/measured.ts'

/** What places go by. */
export const RANKED_BY = 'slo_attainment'

/** Of which the table has mean and half width, as far as a course has them. */
export const METRICS = [
  RANKED_BY,
  'ttft_p99_s',
  'tpot_p99_s',
  'usd_per_good_mtok',
  'j_per_good_mtok',
  'tenant_goodput_fairness',
  'prefix_hit_share',
] as const

export type Metric = (typeof METRICS)[number]

/** Whether it is in the league, or beside it as a control or a bound. */
export type Entry = 'policy' | 'control' | 'oracle'

/** Against the best policy of the league, by paired differences of what places go by. */
export type AgainstBest = 'best' | 'cannot tell' | 'behind' | 'ahead'

const VERDICTS: Record<Outcome, AgainstBest> = {
  above: 'ahead',
  below: 'behind',
  same: 'cannot tell',
  open: 'cannot tell',
}

export interface Figure {
  readonly mean: number
  /** Of its interval; NaN where it has no ends. */
  readonly halfWidth: number
}

/** How one policy did on a course. */
export interface Standing {
  readonly policy: string
  readonly entry: Entry
  /** One more than policies of the league that did better; what it would be, of controls and bounds. */
  readonly place: number
  readonly againstBest: AgainstBest
  /** The best's figure less its own, in the unit of the metric. */
  readonly behind: Figure
  /** The first policy that has the same figures in every replication. */
  readonly sameAs: string
  readonly replications: number
  /** Replications in the end of which the queue still grew. */
  readonly saturated: number
  /** Of metrics that the course has. */
  readonly figures: Readonly<Partial<Record<Metric, Figure>>>
}

/** The contenders of a course, best first. Those who share a place are in the order of the results. */
export function standingsOf(
  results: SavedResults,
  confidence: number,
  entryOf: (policy: string) => Entry,
): Standing[] {
  const context = contextsOf(results).find(({ group }) => group === 'all')!
  const mean = (contender: Contender) => figureOf(contender, RANKED_BY, confidence).mean
  const ranked = context.contenders.filter(({ label }) => entryOf(label) === 'policy')
  const best = ranked.reduce((first, other) => (mean(other) > mean(first) ? other : first))
  const question = { metrics: [RANKED_BY], confidence, against: best.label }
  const comparisons = comparisonsOf([context], question)
  return context.contenders
    .map(contender => ({
      policy: contender.label,
      entry: entryOf(contender.label),
      place: 1 + ranked.filter(other => mean(other) > mean(contender)).length,
      ...againstBest(contender, best, comparisons),
      sameAs: twinOf(contender, context)?.label ?? '',
      replications: contender.series.replications.length,
      saturated: contender.series.saturated ?? Number.NaN,
      figures: figuresOf(contender, confidence),
    }))
    .sort((a, b) => a.place - b.place)
}

function figuresOf(contender: Contender, confidence: number): Standing['figures'] {
  const has = METRICS.filter(metric => contender.series.columns.has(metric))
  return Object.fromEntries(has.map(metric => [metric, figureOf(contender, metric, confidence)]))
}

function figureOf({ series }: Contender, metric: Metric, confidence: number): Figure {
  const { estimate: mean, halfWidth } = measured(series, metric, confidence).interval
  return { mean, halfWidth: Number.isFinite(halfWidth) ? halfWidth : Number.NaN }
}

function againstBest(
  contender: Contender,
  best: Contender,
  comparisons: readonly Comparison[],
): Pick<Standing, 'againstBest' | 'behind'> {
  if (contender === best) return { againstBest: 'best', behind: { mean: 0, halfWidth: 0 } }
  const { difference, outcome } = comparisons.find(({ a }) => a.label === contender.label)!
  // Of none 0, not -0.
  const behind = { mean: 0 - difference.estimate, halfWidth: difference.halfWidth }
  return { againstBest: VERDICTS[outcome], behind }
}

function twinOf(contender: Contender, { contenders }: Context): Contender | undefined {
  const earlier = contenders.slice(0, contenders.indexOf(contender))
  return earlier.find(other => isTwin(contender, other))
}

function isTwin({ series }: Contender, other: Contender): boolean {
  return [...series.columns].every(([name, values]) => {
    const others = valuesOf(other.series, name)
    return values.every((value, i) => Object.is(value, others[i]))
  })
}
