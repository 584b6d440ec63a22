import type { Interval } from '../statistics/interval.ts'
import type { Band } from '../sweeps/analysis/bands.ts'
import { type Chance, isOpen } from '../sweeps/analysis/chances.ts'
import type { Context } from '../sweeps/analysis/contexts.ts'
import type { Influence } from '../sweeps/analysis/sensitivity.ts'
import type { Uncertainty } from '../sweeps/analysis/uncertainty.ts'
import { betterOf, isShare, titleOf } from '../sweeps/known-metrics.ts'
import { contextTitle, leftNote, shownOf } from './compare-text.ts'
import { saturationWarning } from './compare-warnings.ts'
import { CUT_NOTE, fittedTable, percent, short, wrapped } from './print.ts'

/** An influence that chance explains this often is not told. */
const CLEAR = 0.05
const MOST_TOLD = 3

/** Bands of metrics, who beats whom how surely, and which unknown matters most. */
export function uncertaintyText(report: Uncertainty): string {
  const { contexts, chances, unknowns } = report
  const metrics = [...new Set(chances.map(({ metric }) => metric))]
  const shown = shownOf(contexts, metrics, chances.length)
  const sections = shown.contexts.map(context => sectionText(report, context, shown.metrics))
  return [
    wrapped(
      `Every replication draws ${unknowns} estimates from the catalogue's ranges, all under the same requests and ` +
        'chance. Bands are medians with the 5th and 95th percentile of the draws. In brackets after an estimate is its ' +
        'rank correlation with the metric, or with the first less the second of two.',
    ),
    ...sections,
    ...[...saturationWarning(contexts), ...leftNote(metrics, contexts, shown)].map(note => wrapped(note)),
  ].join('\n\n')
}

function sectionText(report: Uncertainty, context: Context, shown: readonly string[]): string {
  const own = <Row extends { readonly context: Context; readonly metric: string }>(rows: readonly Row[]) =>
    rows.filter(row => row.context === context && shown.includes(row.metric))
  const influences = own(report.influences)
  const lines = own(report.chances).map(chance => wrapped(`- ${chanceSentence(chance, influences)}.`))
  const rests = shown.map(metric => influenceText(metric, influences)).filter(text => text !== '')
  return [
    contextTitle(context),
    bandsText(context, own(report.bands), shown),
    lines.join('\n'),
    rests.map(text => wrapped(`- ${text}.`)).join('\n'),
  ]
    .filter(text => text !== '')
    .join('\n')
}

function bandsText({ contenders }: Context, bands: readonly Band[], metrics: readonly string[]): string {
  const labels = contenders.map(({ label }) => label)
  const columns = metrics.map((metric, i) => ({
    heading: titleOf(metric),
    cells: labels.map(label => bandText(bands.find(band => band.label === label && band.metric === metric)!)),
    spare: -i,
  }))
  const { text, isCut } = fittedTable([{ heading: '', cells: labels, align: 'left' }, ...columns], 2)
  return isCut ? `${text}\n${CUT_NOTE}` : text
}

function bandText({ metric, p5, p50, p95 }: Band): string {
  const [middle, low, high] = [p50, p5, p95].map(isShare(metric) ? percent : short)
  return `${middle} (${low} to ${high})${isShare(metric) ? ' %' : ''}`
}

/** `a beats b on p99 TTFT in 46 of 48 draws: with probability 96 % (86 to 99 %); ...` */
function chanceSentence(chance: Chance, influences: readonly Influence[]): string {
  const { metric, draws, aheadA, aheadB, unknown } = chance
  const title = titleOf(metric)
  const [a, b] = [chance.a.title, chance.b.title]
  if (unknown === draws) return `cannot tell ${a} from ${b} on ${title}: it is defined in no draw`
  if (aheadA + aheadB === 0) return `${a} and ${b} have the same ${title} in every draw`
  const isA = aheadA >= aheadB
  const [ahead, behind] = isA ? [a, b] : [b, a]
  const beats =
    betterOf(metric) === undefined ? `has a higher ${title} than ${behind}` : `beats ${behind} on ${title}`
  const probability = probabilityText(isA ? chance.probabilityA : chance.probabilityB)
  const wins = `${Math.max(aheadA, aheadB)} of ${draws} draws`
  return `${ahead} ${beats} in ${wins}: with probability ${probability}${flipText(chance, isA, influences)}`
}

function probabilityText({ estimate, low, high }: Interval): string {
  return `${percent(estimate)} % (${percent(low)} to ${percent(high)} %)`
}

/** Which unknown decides where the ranking flips inside the ranges, and which way the one that is ahead goes with it. */
function flipText(chance: Chance, isA: boolean, influences: readonly Influence[]): string {
  if (!isOpen(chance)) return ''
  const of = influences.filter(
    ({ metric, a, b }) => metric === chance.metric && a === chance.a.label && b === chance.b.label,
  )
  const [most] = of.filter(isClear)
  if (most === undefined) return '. The ranking flips inside the ranges'
  const sign = isA ? 1 : -1
  return `. The ranking flips inside the ranges, most of all with ${most.unknown} (${signed(sign * most.correlation)})`
}

/** What a metric rests on most, whoever it is of. */
function influenceText(metric: string, influences: readonly Influence[]): string {
  const own = influences.filter(each => each.b === undefined && each.metric === metric && isClear(each))
  const byUnknown = new Map<string, Influence>()
  for (const found of own.toSorted((x, y) => Math.abs(y.correlation) - Math.abs(x.correlation))) {
    if (!byUnknown.has(found.unknown)) byUnknown.set(found.unknown, found)
  }
  const most = [...byUnknown.values()].slice(0, MOST_TOLD)
  if (most.length === 0) return ''
  const texts = most.map(({ unknown, correlation, a }) => `${unknown} (${signed(correlation)} under ${a})`)
  return `${titleOf(metric)} goes most with ${texts.join(', ')}`
}

function isClear({ adjustedP }: Influence): boolean {
  return adjustedP < CLEAR
}

function signed(correlation: number): string {
  return `${correlation < 0 ? '-' : '+'}${Math.abs(correlation).toFixed(2)}`
}
