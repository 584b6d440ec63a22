import type { Estimate } from '../estimates.ts'
import { metricsNamed } from '../metrics.ts'
import type { SweepPlan } from '../plan.ts'

/** Columns of metrics that a page has room for. */
const MOST_METRICS = 4

/**
 * A LaTeX table (package booktabs) of the means ± half widths of every metric: a line for each point, policies below
 * each other; more metrics than fit on a page go into further blocks of the same table.
 *
 * @param points estimates of every point in order
 */
export function latexTable(plan: SweepPlan, points: readonly (readonly Estimate[])[]): string {
  const shown = points.filter(estimates => estimates.length > 0).map(ofFirstGroup)
  if (shown.length === 0) return '% No run has rows of the groups asked for.\n'
  const blocks = blocksOf(plan.metrics).map(metrics => tabular(plan, shown, metrics))
  return [
    '% Needs \\usepackage{booktabs}.',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${caption(plan, shown)}}`,
    blocks.join('\n\n  \\medskip\n'),
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
  const lines = points.map((estimates, i) => {
    const { levels, policy } = estimates[0].point
    const isNext = i > 0 && points[i - 1][0].point.levels.some((level, j) => level !== levels[j])
    const cells = metrics.map(metric => estimateText(estimates.find(each => each.metric === metric)!))
    const texts = [...varied.map(j => levels[j]), policy].map(escaped)
    return `${isNext ? '    \\addlinespace\n' : ''}    ${[...texts, ...cells].join(' & ')} \\\\`
  })
  return [
    `  \\begin{tabular}{${'l'.repeat(headings.length)}${'r'.repeat(titles.length)}}`,
    '    \\toprule',
    `    ${[...headings, ...titles].join(' & ')} \\\\`,
    '    \\midrule',
    ...lines,
    '    \\bottomrule',
    '  \\end{tabular}',
  ].join('\n')
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
  const replications = least === most ? `${least}` : `${least} to ${most}`
  const whose = group === 'all' ? 'all requests' : `the ${group} ${name}`
  const text = `Means over ${replications} replications, of ${whose}${at.length > 0 ? `, at ${at.join(', ')}` : ''}`
  return `${escaped(text)}; $\\pm$ half the width of ${escaped(percentText(confidence))} confidence intervals.`
}

function percentText(share: number): string {
  return `${Number((100 * share).toPrecision(12))} %`
}

/** Titles name no seconds. */
function withUnit(name: string, title: string): string {
  return /(?<!per)_s$/.test(name) ? `${title} (s)` : title
}

function estimateText({ interval: { estimate, halfWidth } }: Estimate): string {
  if (!Number.isFinite(estimate)) return '--'
  if (!(halfWidth > 0 && Number.isFinite(halfWidth))) return rounded(estimate, lastPlace(estimate, 3))
  const place = lastPlace(halfWidth, 2)
  return `$${rounded(estimate, place)} \\pm ${rounded(halfWidth, place)}$`
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
