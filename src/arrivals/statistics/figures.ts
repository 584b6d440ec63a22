import { SHARES, type Summary } from './distribution.ts'
import { GROUPINGS } from './gather.ts'
import type { HourlyShape } from './hours.ts'
import type { Fit } from './laws.ts'
import type { PrefixStatistics } from './prefixes.ts'
import type { SessionStatistics } from './sessions.ts'
import type { ArrivalStatistics, LengthStatistics, TraceStatistics } from './statistics.ts'
import type { Mixture } from './two-lognormals.ts'

/** One number of a trace's statistics: what tidy CSV has in a row. */
export interface Figure {
  /** Such as `arrivals`, `input` or `lru`. */
  readonly section: string
  readonly name: string
  /** Text for what is no number, such as the name of the best law. */
  readonly value: number | string
  /** Empty for ratios and counts without one. */
  readonly unit: string
}

type Entry = readonly [name: string, value: number | string, unit?: string]

/** Every figure of the statistics, NaN where it is unknown. */
export function figuresOf(of: TraceStatistics): Figure[] {
  const { arrivals, input, output, correlation, hours, prefixes, sessions, groups, deadlineS, items } = of
  return [
    ...section('trace', [['requests', of.requests, 'requests'], ...totals(of)]),
    ...(arrivals ? arrivalFigures(arrivals) : []),
    ...lengthFigures('input', input),
    ...lengthFigures('output', output),
    ...section('correlation', [
      ['pearson', correlation.pearson],
      ['pearson of logs', correlation.pearsonOfLogs],
      ['spearman', correlation.spearman],
      ['spearman is of', correlation.sampled, 'requests'],
    ]),
    ...(hours ? hourFigures(hours) : []),
    ...(prefixes ? prefixFigures(prefixes) : []),
    ...(sessions ? sessionFigures(sessions) : []),
    ...(deadlineS ? section('deadline', summaryEntries(deadlineS, 's')) : []),
    ...(items ? section('items', summaryEntries(items, 'items')) : []),
    ...GROUPINGS.flatMap(by => section(by, groups[by].flatMap(groupEntries))),
  ]
}

function section(name: string, entries: readonly Entry[]): Figure[] {
  return entries.map(([figure, value, unit = '']) => ({ section: name, name: figure, value, unit }))
}

function totals({ input, output }: TraceStatistics): Entry[] {
  return [
    ['input tokens', input.total, 'tokens'],
    ['output tokens', output.total, 'tokens'],
  ]
}

function arrivalFigures(of: ArrivalStatistics): Figure[] {
  return [
    ...section('arrivals', arrivalEntries(of)),
    ...section('gap', summaryEntries(of.gapS, 's')),
    ...section('gap law', lawEntries(of.fits)),
  ]
}

function arrivalEntries(of: ArrivalStatistics): Entry[] {
  return [
    ['span', of.spanS, 's'],
    ['mean rate', of.meanRatePerS, '1/s'],
    ['busiest minute', of.busiestMinutePerS, '1/s'],
    ['busiest minute over mean', of.busiestMinuteOverMean],
    ['quietest minute over mean', of.quietestMinuteOverMean],
    ['gap cv', of.gapCv],
    ['zero gaps', of.zeroGaps],
    ...of.fano.map(({ windowS, fano }): Entry => [`fano ${windowS} s`, fano]),
  ]
}

/** Names of the quantiles of a summary, in order of `SHARES`. */
export const QUANTILE_NAMES = SHARES.map(share =>
  share === 0 ? 'min' : share === 1 ? 'max' : `p${Math.round(100 * share)}`,
)

function summaryEntries(of: Summary, unit: string): Entry[] {
  return [
    ['count', of.count],
    ['mean', of.mean, unit],
    ['sd', of.deviation, unit],
    ['zeros', of.zeros],
    ...of.quantiles.map((value, i): Entry => [QUANTILE_NAMES[i], value, unit]),
  ]
}

function lengthFigures(name: string, of: LengthStatistics): Figure[] {
  return [
    ...section(name, [...summaryEntries(of, 'tokens'), ['tail exponent', of.tailExponent]]),
    ...section(`${name} law`, [...lawEntries(of.fits), ...(of.mixture ? mixtureEntries(of.mixture) : [])]),
  ]
}

function lawEntries(fits: readonly Fit[]): Entry[] {
  if (fits.length === 0) return []
  const each = fits.flatMap(({ law, parameters, ks, aic }): Entry[] => [
    ...Object.entries(parameters).map(([name, value]): Entry => [`${law} ${name}`, value]),
    [`${law} ks`, ks],
    [`${law} aic`, aic],
  ])
  return [['best by aic', fits[0].law], ...each]
}

function mixtureEntries({ components, ks }: Mixture): Entry[] {
  const parts = components.flatMap(({ share, mu, sigma }, i): Entry[] => [
    [`two lognormals share ${i + 1}`, share],
    [`two lognormals mu ${i + 1}`, mu],
    [`two lognormals sigma ${i + 1}`, sigma],
  ])
  return [...parts, ['two lognormals ks', ks]]
}

function hourFigures(of: HourlyShape): Figure[] {
  return [
    ...section('hours', [
      ['cv', of.cv],
      ['peak over mean', of.peakOverMean],
      ['peak over trough', of.peakOverTrough],
      ['autocorrelation at 24 h', of.dailyAutocorrelation],
      ['correlation of requests and tokens', of.tokenCorrelation],
    ]),
    ...section('hour of day over mean', numbered(of.hourOfDay)),
    ...section('day over mean', numbered(of.days)),
    ...section('day of week over mean', numbered(of.dayOfWeek)),
    ...section('hour', numbered(of.counts, 'requests')),
  ]
}

function numbered(values: readonly number[], unit = ''): Entry[] {
  return values.map((value, i) => [String(i), value, unit])
}

function prefixFigures(of: PrefixStatistics): Figure[] {
  return [
    ...section('prefix', [
      ['block size', of.blockTokens.join(' '), 'tokens'],
      ['requests with blocks', of.requests, 'requests'],
      ['block uses', of.uses, 'blocks'],
      ['different blocks', of.blocks, 'blocks'],
      ['token hit ratio', of.tokenHitRatio],
      ['block hit ratio', of.blockHitRatio],
      ['requests with a hit', of.requestHitRatio],
      ['blocks used once', of.usedOnce],
      ...of.mostUsed.map((uses, i): Entry => [`uses of the ${i + 1}. most used block`, uses]),
    ]),
    ...section('prefix hit per request', summaryEntries(of.perRequest, '')),
    ...section('lru block hit ratio', lruEntries(of)),
    ...section('lru stack distance', summaryEntries(of.stackDistance, 'blocks')),
    ...section('reuse gap', summaryEntries(of.reuseGapS, 's')),
  ]
}

function lruEntries({ lru }: PrefixStatistics): Entry[] {
  return lru.map(({ cacheBlocks, blockHitRatio }) => [`${cacheBlocks} blocks`, blockHitRatio])
}

function sessionFigures(of: SessionStatistics): Figure[] {
  return [
    ...section('session', [
      ['sessions', of.sessions],
      ['requests in sessions', of.requests, 'requests'],
      ['of one turn', of.singleTurn],
      ['requests in sessions of several turns', of.inSeveralTurns],
      ['turns that keep the context', of.growing],
    ]),
    ...section('turns', summaryEntries(of.turns, 'turns')),
    ...section('first input', summaryEntries(of.firstInputTokens, 'tokens')),
    ...section('new input', summaryEntries(of.newInputTokens, 'tokens')),
    ...section('turn gap', summaryEntries(of.turnGapS, 's')),
    ...section('think time', summaryEntries(of.thinkS, 's')),
  ]
}

function groupEntries({ name, ...of }: TraceStatistics['groups']['class'][number]): Entry[] {
  return [
    [`${name} requests`, of.requests, 'requests'],
    [`${name} share`, of.share],
    [`${name} mean input`, of.meanInputTokens, 'tokens'],
    [`${name} mean output`, of.meanOutputTokens, 'tokens'],
  ]
}
