import { type Comparison, FEW_REPLICATIONS } from '../sweeps/analysis/comparisons.ts'
import type { Context } from '../sweeps/analysis/contexts.ts'
import { areAlike } from '../sweeps/group-series.ts'
import { betterOf, titleOf } from '../sweeps/known-metrics.ts'
import { fewNote } from '../sweeps/measured.ts'

/** More are counted. */
const MOST_PLACES = 6

/** What to beware of in comparisons, a paragraph each. */
export function comparisonWarnings(
  contexts: readonly Context[],
  comparisons: readonly Comparison[],
): string[] {
  const metrics = [...new Set(comparisons.map(({ metric }) => metric))]
  const undirected = metrics.filter(metric => betterOf(metric) === undefined).map(titleOf)
  return [
    ...fewWarning(comparisons),
    ...thinWarning(contexts, metrics),
    ...saturationWarning(contexts),
    ...redrawnWarning(comparisons),
    ...alikeWarning(contexts),
    ...unevenWarning(comparisons),
    ...(undirected.length > 0 ? [`Neither way is better on ${undirected.join(', ')}.`] : []),
  ]
}

function fewWarning(comparisons: readonly Comparison[]): string[] {
  const least = Math.min(...comparisons.map(({ replications }) => replications))
  if (least >= FEW_REPLICATIONS) return []
  const only = `${least} replication${least === 1 ? '' : 's'}`
  return [
    `Beware: there are points with ${only}; with fewer than ${FEW_REPLICATIONS} an interval says little.`,
  ]
}

/** A quantile over few requests is off on average, and more replications do not mend that. */
function thinWarning(contexts: readonly Context[], metrics: readonly string[]): string[] {
  const series = contexts.flatMap(({ contenders }) => contenders.map(each => each.series))
  const thin = metrics.filter(metric => series.some(each => fewNote(each, metric) !== ''))
  if (thin.length === 0) return []
  return [
    `Beware: ${thin.map(titleOf).join(', ')}: runs have too few requests for it, so that it is off in all of them. ` +
      'Longer runs mend that, and more replications do not.',
  ]
}

/** Latencies of a queue that grows go with the length of the run. */
export function saturationWarning(contexts: readonly Context[]): string[] {
  const places = [...new Set(contexts.map(saturatedText).filter(text => text !== ''))]
  if (places.length === 0) return []
  const more = places.length - MOST_PLACES
  return [
    'Beware: the queue was still growing in the end, so that latencies depend on how long a run lasts, in ' +
      `replications of ${places.slice(0, MOST_PLACES).join('; ')}${more > 0 ? `; and at ${more} more` : ''}.`,
  ]
}

/** `round-robin (8 of 8) at workload.load 0.9` */
function saturatedText({ at, contenders }: Context): string {
  const where = at.map(([key, label]) => `${key} ${label}`).join(', ')
  const who = contenders
    .filter(({ series }) => series.saturated)
    .map(({ title, series }) => `${title} (${series.saturated} of ${series.replications.length})`)
  if (who.length === 0) return ''
  return `${who.join(', ')}${where === '' ? '' : ` at ${where}`}`
}

function redrawnWarning(comparisons: readonly Comparison[]): string[] {
  if (!comparisons.some(({ sampling }) => sampling === 'redrawn')) return []
  return [
    'Replications are drawn from one trace: intervals say how far other traces like it may differ, and only a longer ' +
      'trace makes them narrower.',
  ]
}

function alikeWarning(contexts: readonly Context[]): string[] {
  const alike = contexts.flatMap(({ contenders }) => contenders.filter(({ series }) => areAlike(series)))
  const titles = [...new Set(alike.map(({ title }) => title))]
  if (titles.length === 0) return []
  return [
    `Beware: replications of ${titles.join(', ')} are all the same: chance has no say in them, and they say nothing of it.`,
  ]
}

function unevenWarning(comparisons: readonly Comparison[]): string[] {
  const isUneven = comparisons.some(({ context: { contenders }, replications }) =>
    contenders.some(({ series }) => series.replications.length > replications),
  )
  return isUneven ? ['Points have different numbers of replications: those that both have are compared.'] : []
}
