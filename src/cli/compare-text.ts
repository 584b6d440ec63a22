import type { Comparison } from '../sweeps/analysis/comparisons.ts'
import type { Context } from '../sweeps/analysis/contexts.ts'
import { titleOf } from '../sweeps/known-metrics.ts'
import { MATRIX_NOTE, matrixText } from './compare-matrix.ts'
import { sentence } from './compare-sentences.ts'
import { comparisonWarnings } from './compare-warnings.ts'
import { colours, wrapped } from './print.ts'

/** More sentences than that nobody reads. */
const MOST_SENTENCES = 60

/** What comparisons come to: at a glance and in sentences on each metric, and what to beware of. */
export function comparisonText(contexts: readonly Context[], comparisons: readonly Comparison[]): string {
  const metrics = [...new Set(comparisons.map(({ metric }) => metric))]
  const shown = shownOf(contexts, metrics, comparisons.length)
  const sections = shown.contexts.map(context => {
    const own = comparisons.filter(comparison => comparison.context === context)
    const [first, ...others] = blocks(context, own, shown.metrics)
    return [`${contextTitle(context)}\n${first}`, ...others].join('\n\n')
  })
  return [introduction(comparisons, metrics), ...sections, notes(contexts, comparisons, shown)]
    .filter(text => text !== '')
    .join('\n\n')
}

/** `workload.load 0.5, of class chat` */
export function contextTitle({ at, group, name }: Context): string {
  const whose = group === 'all' ? [] : [`of ${group} ${name}`]
  const title = [...at.map(([key, label]) => `${key} ${label}`), ...whose].join(', ')
  return colours.bold(title === '' ? 'Of all requests' : title)
}

function introduction(comparisons: readonly Comparison[], metrics: readonly string[]): string {
  const [{ difference, family }] = comparisons
  const sure = `${Number((100 * difference.confidence).toPrecision(12))} %`
  const whole = metrics.length === 1 ? '' : ' of each metric'
  const verdicts =
    family === 1
      ? ''
      : ` Verdicts hold together to ${sure}, by Holm's correction over the ${family} comparisons${whole}.`
  return wrapped(`Differences are paired by replication, and each interval is one of ${sure}.${verdicts}`)
}

/** What is told of a context, metric by metric: under a heading each where there are several sentences of it. */
function blocks(context: Context, own: readonly Comparison[], metrics: readonly string[]): string[] {
  const byMetric = metrics.map(metric => own.filter(each => each.metric === metric))
  if (byMetric.every(({ length }) => length === 1)) return [byMetric.map(sentences).join('\n')]
  return byMetric.map(ofMetric =>
    [`${titleOf(ofMetric[0].metric)}:`, ...glance(context, ofMetric), sentences(ofMetric)].join('\n'),
  )
}

function glance(context: Context, ofMetric: readonly Comparison[]): string[] {
  return isGlanceable(context, ofMetric) ? [matrixText(context, ofMetric)] : []
}

/** Where every pair is compared, and there is more than one. */
function isGlanceable({ contenders: { length } }: Context, ofMetric: readonly Comparison[]): boolean {
  return length > 2 && ofMetric.length === (length * (length - 1)) / 2
}

function sentences(comparisons: readonly Comparison[]): string {
  return comparisons.map(comparison => wrapped(`- ${sentence(comparison)}.`)).join('\n')
}

function notes(contexts: readonly Context[], comparisons: readonly Comparison[], shown: Shown): string {
  const metrics = [...new Set(comparisons.map(({ metric }) => metric))]
  const ofFirst = comparisons.filter(({ metric }) => metric === metrics[0])
  const hasMatrix = shown.contexts.some(context =>
    isGlanceable(
      context,
      ofFirst.filter(each => each.context === context),
    ),
  )
  const parts = [
    ...(hasMatrix ? [MATRIX_NOTE] : []),
    ...comparisonWarnings(contexts, comparisons),
    ...leftNote(metrics, contexts, shown),
  ]
  return parts.map(part => wrapped(part)).join('\n')
}

/** What there is room for. */
export interface Shown {
  readonly metrics: readonly string[]
  readonly contexts: readonly Context[]
}

/** As many metrics as there is room for sentences on them, one at least, and then as many contexts. */
export function shownOf(contexts: readonly Context[], metrics: readonly string[], sentences: number): Shown {
  const ofMetric = sentences / metrics.length
  const count = Math.max(1, Math.floor(MOST_SENTENCES / ofMetric))
  const ofContext = (Math.min(count, metrics.length) * ofMetric) / contexts.length
  return {
    metrics: metrics.slice(0, count),
    contexts: contexts.slice(0, Math.max(1, Math.floor(MOST_SENTENCES / ofContext))),
  }
}

export function leftNote(metrics: readonly string[], contexts: readonly Context[], shown: Shown): string[] {
  const left = metrics.slice(shown.metrics.length)
  const more = contexts.length - shown.contexts.length
  return [
    ...(left.length > 0 ? [`Not told: ${left.join(', ')}. --metrics tells them, and --out writes all.`] : []),
    ...(more > 0 ? [`Nor ${more} more combinations of levels: --out writes them.`] : []),
  ]
}
