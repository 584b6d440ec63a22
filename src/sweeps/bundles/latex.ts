import { shapeOf } from '../../statistics/interval-shape.ts'
import { caveatsOf, isOfAll, reasonsIn } from '../analysis/caveats.ts'
import type { Estimate } from '../estimates.ts'
import { metricsNamed } from '../metrics.ts'
import type { SweepPlan } from '../plan.ts'

/** Columns of metrics that a page has room for. */
const MOST_METRICS = 4

const NO_WIDER_THAN_TEXT = '\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}'

/**
 * A LaTeX table (packages booktabs, graphicx) of the means ± half widths of every metric, or the means over draws of unknowns: a
 * line for each point, policies below each other; more metrics than fit on a page go into further blocks of the same
 * table, and what is wider than the text is scaled down to it.
 *
 * @param points estimates of every point in order
 */
export function latexTable(plan: SweepPlan, points: readonly (readonly Estimate[])[]): string {
  const shown = points.filter(estimates => estimates.length > 0).map(ofFirstGroup)
  if (shown.length === 0) return '% No run has rows of the groups asked for.\n'
  const blocks = blocksOf(plan.metrics).map(metrics => tabular(plan, shown, metrics))
  return [
    '% Needs \\usepackage{booktabs,graphicx}.',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${caption(plan, shown)}}`,
    [...blocks, ...footnotes(shown)].join('\n\n  \\medskip\n'),
    '\\end{table}',
    '',
  ].join('\n')
}

/** Of all requests; of the first class or tenant where the experiment does not ask for all. */
function ofFirstGroup(estimates: readonly Estimate[]): readonly Estimate[] {
  const [first] = estimates
  return estimates.filter(({ group, name }) => group === first.group && name === first.name)
}

function blocksOf(metrics: readonly string[]): string[][] {
  const count = Math.ceil(metrics.length / MOST_METRICS)
  return Array.from({ length: count }, (_, i) => metrics.slice(i * MOST_METRICS, (i + 1) * MOST_METRICS))
}

function tabular(
  plan: SweepPlan,
  points: readonly (readonly Estimate[])[],
  metrics: readonly string[],
): string {
  const varied = variedFactors(plan)
  const headings = [...varied.map(i => plan.factors[i]), 'policy'].map(escaped)
  const titles = metricsNamed(metrics).map(({ name, title }) => escaped(withUnit(name, title)))
  const reasons = caveatsOf(points).map(({ reason }) => reason)
  const lines = points.map((estimates, i) => {
    const { levels, policy } = estimates[0].point
    const isNext = i > 0 && points[i - 1][0].point.levels.some((level, j) => level !== levels[j])
    const ofLine = reasons.filter(reason => isOfAll(reason, estimates))
    const cells = metrics.map(metric => {
      const estimate = estimates.find(each => each.metric === metric)!
      const own = reasonsIn(estimate.note).filter(reason => !ofLine.includes(reason))
      return `${estimateText(estimate)}${marks(own, reasons)}`
    })
    const texts = [...varied.map(j => levels[j]), policy].map(escaped)
    const line = [`${texts.join(' & ')}${marks(ofLine, reasons)}`, ...cells].join(' & ')
    return `${isNext ? '    \\addlinespace\n' : ''}    ${line} \\\\`
  })
  return [
    `  ${NO_WIDER_THAN_TEXT}{%`,
    `  \\begin{tabular}{${'l'.repeat(headings.length)}${'r'.repeat(titles.length)}}`,
    '    \\toprule',
    `    ${[...headings, ...titles].join(' & ')} \\\\`,
    '    \\midrule',
    ...lines,
    '    \\bottomrule',
    '  \\end{tabular}}',
  ].join('\n')
}

const SYMBOLS = ['\\dagger', '\\ddagger', '\\S', '\\P', '\\|']

/** Symbols of reasons, in the order of all that there are; more than there are symbols take these twice. */
function marks(own: readonly string[], reasons: readonly string[]): string {
  if (own.length === 0) return ''
  const symbols = own.map(reason => {
    const i = reasons.indexOf(reason)
    return SYMBOLS[i % SYMBOLS.length].repeat(1 + Math.floor(i / SYMBOLS.length))
  })
  return `\\textsuperscript{$${symbols.join(',')}$}`
}

/** Why what is marked says less than it seems to, a line for each reason. */
function footnotes(points: readonly (readonly Estimate[])[]): string[] {
  const reasons = caveatsOf(points).map(({ reason }) => reason)
  if (reasons.length === 0) return []
  const lines = reasons.map(reason => `  ${marks([reason], reasons)} ${escaped(reason)}`)
  return [`  \\footnotesize\n${lines.join('; \\\\\n')}.`]
}

/** Places of the factors that have more levels than one. */
function variedFactors({ factors, points }: SweepPlan): number[] {
  return [...factors.keys()].filter(i => points.some(({ levels }) => levels[i] !== points[0].levels[i]))
}

function caption(plan: SweepPlan, points: readonly (readonly Estimate[])[]): string {
  const { factors, confidence } = plan
  const [{ group, name, point }] = points[0]
  const varied = variedFactors(plan)
  const fixed = [...factors.keys()].filter(i => !varied.includes(i))
  const at = fixed.map(i => `${factors[i]} ${point.levels[i]}`)
  const counts = points.map(([{ interval }]) => interval.n)
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  const replications = `${least === most ? least : `${least} to ${most}`} ${replicationsText(plan)}`
  const whose = group === 'all' ? 'all requests' : `the ${group} ${name}`
  const text = `Means over ${replications}, of ${whose}${at.length > 0 ? `, at ${at.join(', ')}` : ''}`
  if (plan.unknowns !== undefined) return `${escaped(text)}.`
  const intervals = `half the width of ${escaped(percentText(confidence))} confidence intervals, or both ends`
  return `${escaped(text)}; $\\pm$ ${intervals}.`
}

function replicationsText({ unknowns, points }: SweepPlan): string {
  if (unknowns !== undefined) return 'draws of what is known in ranges'
  const isRedrawn = points.some(({ sampling }) => sampling === 'redrawn')
  return isRedrawn ? 'replications drawn from one trace' : 'replications'
}

function percentText(share: number): string {
  return `${Number((100 * share).toPrecision(12))} %`
}

/** Titles name no seconds. */
function withUnit(name: string, title: string): string {
  return /(?<!per)_s$/.test(name) ? `${title} (s)` : title
}

function estimateText({ interval }: Estimate): string {
  const { estimate, low, high, halfWidth } = interval
  if (!Number.isFinite(estimate)) return '--'
  const shape = shapeOf(interval)
  if (shape === 'unknown') return rounded(estimate, lastPlace(estimate, 3))
  if (shape === 'point') return `$${rounded(estimate, lastPlace(estimate, 3))} \\pm 0$`
  const place = lastPlace(halfWidth, 2)
  const [at, half, from, to] = [estimate, halfWidth, low, high].map(value => rounded(value, place))
  return shape === 'even' ? `$${at} \\pm ${half}$` : `$${at}$ ($${from}$ to $${to}$)`
}

const LEAST_PLACE = -9

/** Power of ten of the last digit, where so many significant ones are shown. */
function lastPlace(value: number, digits: number): number {
  if (value === 0) return 0
  return Math.max(LEAST_PLACE, Math.floor(Math.log10(Math.abs(value))) - digits + 1)
}

function rounded(value: number, place: number): string {
  if (place <= 0) return value.toFixed(-place)
  const unit = Number(`1e${place}`)
  return (Math.round(value / unit) * unit).toFixed()
}

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
}

function escaped(text: string): string {
  return text.replaceAll(/[\\~^&%$#_{}]/g, character => SPECIAL[character] ?? `\\${character}`)
}
