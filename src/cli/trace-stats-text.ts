import type { Summary } from '../arrivals/statistics/distribution.ts'
import { QUANTILE_NAMES } from '../arrivals/statistics/figures.ts'
import { GROUPINGS, type Grouping } from '../arrivals/statistics/gather.ts'
import type { Group } from '../arrivals/statistics/groups.ts'
import type { HourlyShape } from '../arrivals/statistics/hours.ts'
import type { Fit } from '../arrivals/statistics/laws.ts'
import type { PrefixStatistics } from '../arrivals/statistics/prefixes.ts'
import { widened } from '../arrivals/statistics/rate-curve.ts'
import type { SessionStatistics } from '../arrivals/statistics/sessions.ts'
import type {
  ArrivalStatistics,
  LengthStatistics,
  TraceStatistics,
} from '../arrivals/statistics/statistics.ts'
import type { Mixture } from '../arrivals/statistics/two-lognormals.ts'
import { colours, facts, percent, short, type TextColumn, tableText, wrapped } from './print.ts'
import { count, seconds, sparkline, whole as tokens } from './quantities.ts'

/** The statistics as a person reads them. */
export function statisticsText(of: TraceStatistics): string {
  const sections = [
    ...(of.arrivals ? [titled('Arrivals', arrivalsText(of.arrivals))] : []),
    ...(of.hours ? [titled('Hours and days', hoursText(of.hours))] : []),
    titled('Quantiles', summaryTable(summariesOf(of))),
    titled('Laws fitted by maximum likelihood, best first (by AIC); two lognormals by EM', lawsText(of)),
    titled('Lengths', lengthsText(of)),
    ...(of.prefixes ? [titled('Prefixes', prefixText(of.prefixes))] : []),
    ...(of.sessions ? [titled('Sessions', sessionText(of.sessions))] : []),
    ...GROUPINGS.filter(by => saysMore(of.groups[by])).map(by => groupTable(by, of.groups[by])),
    ...(of.notes.length > 0 ? [titled('Not exact', of.notes.join('\n'))] : []),
  ]
  return sections.join('\n\n')
}

function titled(title: string, text: string): string {
  return `${colours.bold(title)}\n${text}`
}

const CURVE_COLUMNS = 72

function arrivalsText(of: ArrivalStatistics): string {
  const curve = widened(of.curve, CURVE_COLUMNS)
  const highest = Math.max(...curve.counts) / curve.stepS
  return facts([
    ['mean rate', `${short(of.meanRatePerS)} /s over ${seconds(of.spanS)}`],
    ['minutes', minutesText(of)],
    ['gaps', `CV ${short(of.gapCv)} (Poisson: 1), ${percent(of.zeroGaps)} % of them zero`],
    ['Fano factor', `${of.fano.map(fanoText).join(', ')} (Poisson: 1)`],
    ['rate', sparkline(curve.counts)],
    ['', colours.dim(`a column is ${seconds(curve.stepS)}, the highest ${short(highest)} /s`)],
  ])
}

function minutesText(of: ArrivalStatistics): string {
  if (Number.isNaN(of.busiestMinutePerS)) return 'too short'
  const busiest = `busiest ${short(of.busiestMinutePerS)} /s`
  return `${busiest}, ${short(of.busiestMinuteOverMean)} × the mean; quietest ${short(of.quietestMinuteOverMean)} ×`
}

function fanoText({ windowS, fano }: ArrivalStatistics['fano'][number]): string {
  return `${short(fano)} at ${windowS} s`
}

function hoursText(of: HourlyShape): string {
  const lines: (readonly [string, string])[] = [
    [
      'hourly counts',
      `CV ${short(of.cv)}, peak ${short(of.peakOverMean)} × the mean and ${short(of.peakOverTrough)} × the trough`,
    ],
    [
      'correlations',
      `${short(of.dailyAutocorrelation)} with a day later, ${short(of.tokenCorrelation)} of requests with tokens`,
    ],
    ['hour of day', `${sparkline(of.hourOfDay)}  rate over the mean, hour 0 begins at the first arrival:`],
    ['', of.hourOfDay.slice(0, 12).map(padded).join('')],
    ['', of.hourOfDay.slice(12).map(padded).join('')],
  ]
  if (of.days.length > 1) lines.push(['days', of.days.slice(0, 14).map(padded).join('')])
  return facts(lines)
}

function padded(value: number): string {
  return value.toFixed(2).padStart(6)
}

type SummaryRow = readonly [name: string, of: Summary, format: (value: number) => string]

function summariesOf(of: TraceStatistics): SummaryRow[] {
  return [
    ...(of.arrivals ? [['gap', of.arrivals.gapS, seconds] as const] : []),
    ['input tokens', of.input, tokens],
    ['output tokens', of.output, tokens],
    ...(of.items ? [['items', of.items, tokens] as const] : []),
    ...(of.deadlineS ? [['deadline', of.deadlineS, seconds] as const] : []),
  ]
}

function summaryTable(rows: readonly SummaryRow[]): string {
  const known = rows.filter(([, { count }]) => count > 0)
  const column = (heading: string, cell: (row: SummaryRow) => string): TextColumn => ({
    heading,
    cells: known.map(cell),
  })
  return tableText([
    { ...column('', ([name]) => name), align: 'left' },
    column('mean', ([, of, format]) => format(of.mean)),
    column('sd', ([, of, format]) => format(of.deviation)),
    ...QUANTILE_NAMES.map((name, i) => column(name, ([, of, format]) => format(of.quantiles[i]))),
  ])
}

interface LawRow {
  readonly of: string
  readonly law: string
  readonly parameters: string
  readonly ks: number
}

function lawsText(of: TraceStatistics): string {
  const rows = [
    ...(of.arrivals ? of.arrivals.fits.map(lawRow('gap', 's')) : []),
    ...lengthLaws('input', of.input),
    ...lengthLaws('output', of.output),
  ]
  const left = (heading: string, cell: (row: LawRow) => string): TextColumn => ({
    heading,
    cells: rows.map(cell),
    align: 'left',
  })
  const isFirst = (row: LawRow) => rows.find(other => other.of === row.of) === row
  return tableText([
    left('', row => (isFirst(row) ? row.of : '')),
    left('law', ({ law }) => law),
    left('parameters', ({ parameters }) => parameters),
    { heading: 'KS distance', cells: rows.map(({ ks }) => ks.toFixed(3)) },
  ])
}

function lengthLaws(name: string, { fits, mixture }: LengthStatistics): LawRow[] {
  const laws = fits.map(lawRow(name, 'tokens'))
  return mixture === undefined ? laws : [...laws, mixtureRow(name, mixture)]
}

const lawRow =
  (of: string, unit: string) =>
  ({ law, parameters, ks }: Fit): LawRow => ({
    of,
    law,
    parameters: Object.entries(parameters)
      .map(([name, value]) => `${name} ${significant(value)}${isLength(name) ? ` ${unit}` : ''}`)
      .join(', '),
    ks,
  })

function mixtureRow(of: string, { components, ks }: Mixture): LawRow {
  const parts = components.map(
    ({ share, mu, sigma }) => `${percent(share)} % mu ${significant(mu)}, sigma ${significant(sigma)}`,
  )
  return { of, law: 'two lognormals', parameters: parts.join('; '), ks }
}

/** Parameters that have the unit of the values. */
function isLength(name: string): boolean {
  return name === 'mean' || name === 'scale'
}

function significant(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(3)
}

function lengthsText({ requests, input, output, correlation }: TraceStatistics): string {
  const { pearson, pearsonOfLogs, spearman } = correlation
  return facts([
    [
      'total',
      `${count(input.total)} input and ${count(output.total)} output tokens, ${count(requests)} requests`,
    ],
    [
      'tail exponent',
      `input ${short(input.tailExponent)}, output ${short(output.tailExponent)} (Hill, largest 5 %)`,
    ],
    [
      'input with output',
      `Pearson ${short(pearson)}, of logarithms ${short(pearsonOfLogs)}, Spearman ${short(spearman)}`,
    ],
  ])
}

function prefixText(of: PrefixStatistics): string {
  const lru = of.lru.map(
    ({ cacheBlocks, blockHitRatio }) => `${percent(blockHitRatio)} at ${count(cacheBlocks)}`,
  )
  const known = facts([
    [
      'blocks',
      `${count(of.uses)} uses of ${count(of.blocks)} blocks of ${of.blockTokens.join(', ')} tokens; ${percent(of.usedOnce)} % are used once`,
    ],
    [
      'unbounded cache',
      `holds ${percent(of.tokenHitRatio)} % of prompt tokens, ${percent(of.blockHitRatio)} % of blocks; ${percent(of.requestHitRatio)} % of requests hit`,
    ],
    ['LRU cache', `hits in % of blocks: ${lru.join(', ')} blocks`],
    ['most used', `${of.mostUsed.map(count).join(', ')} uses`],
  ])
  const table = summaryTable([
    ['hit per request, %', of.perRequest, percent],
    ['stack distance', of.stackDistance, tokens],
    ['reuse gap', of.reuseGapS, seconds],
  ])
  return `${known}\n${table}`
}

function sessionText(of: SessionStatistics): string {
  const known = facts([
    [
      'sessions',
      `${count(of.sessions)} with ${count(of.requests)} requests; ${percent(of.singleTurn)} % have one turn`,
    ],
    ['several turns', `make ${percent(of.inSeveralTurns)} % of their requests`],
    ['context', `${percent(of.growing)} % of later turns hold all of the turn before`],
  ])
  const table = summaryTable([
    ['turns', of.turns, tokens],
    ['first input', of.firstInputTokens, tokens],
    ['new input', of.newInputTokens, tokens],
    ['turn gap', of.turnGapS, seconds],
    ['think time', of.thinkS, seconds],
  ])
  return `${known}\n${table}`
}

/** One group says nothing, unless it has a name that is not made up. */
function saysMore(groups: readonly Group[]): boolean {
  return groups.length > 1
}

const MOST_GROUPS = 12

function groupTable(by: Grouping, groups: readonly Group[]): string {
  const shown = groups.slice(0, MOST_GROUPS)
  const table = tableText([
    { heading: by, cells: shown.map(({ name }) => name), align: 'left' },
    { heading: 'requests', cells: shown.map(({ requests }) => count(requests)) },
    { heading: '%', cells: shown.map(({ share }) => percent(share)) },
    { heading: 'mean input', cells: shown.map(({ meanInputTokens }) => short(meanInputTokens)) },
    { heading: 'mean output', cells: shown.map(({ meanOutputTokens }) => short(meanOutputTokens)) },
  ])
  const more = groups.length - shown.length
  return more === 0 ? table : `${table}\n${wrapped(`and ${count(more)} more`)}`
}
