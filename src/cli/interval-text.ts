import type { IntervalRow } from '../results/columns/intervals.ts'
import type { Doubt, RunInterval } from '../results/run-interval.ts'
import { CUT_NOTE, fittedTable, paragraph, short, type TextColumn, wrapped } from './print.ts'

/** A column of the table. */
interface Shown extends Pick<RunInterval, 'metric' | 'statistic'>, Pick<TextColumn, 'heading' | 'spare'> {
  /** What numbers are multiplied by. */
  readonly scale: number
  readonly mostDecimals?: number
}

const SHOWN: readonly Shown[] = [
  { heading: 'TTFT s\nmean', metric: 'ttft_s', statistic: 'mean', scale: 1 },
  { heading: '\np99', metric: 'ttft_s', statistic: 'p99', scale: 1 },
  { heading: 'TPOT ms\nmean', metric: 'tpot_s', statistic: 'mean', scale: 1000, spare: 4 },
  { heading: '\np99', metric: 'tpot_s', statistic: 'p99', scale: 1000, spare: 1 },
  { heading: 'E2E s\nmean', metric: 'e2e_s', statistic: 'mean', scale: 1, spare: 3 },
  { heading: '\np99', metric: 'e2e_s', statistic: 'p99', scale: 1, spare: 2 },
  { heading: 'SLO\nmet %', metric: 'slo_attainment', statistic: 'share', scale: 100, mostDecimals: 2 },
  { heading: 'goodput\nreq/s', metric: 'goodput_rps', statistic: 'rate', scale: 1, spare: 5 },
]

const ABOUT =
  'How sure each figure of this one run is: 95 % intervals for what an endless run like it would find, by batch means.'

const ADVICE =
  'An interval is about the chance within the run of one policy. Policies met the same requests, so overlapping intervals ' +
  'do not say that they are alike: regatta sweep and then compare tell their differences, paired over replications.'

/** A line a policy, and below what the run is too short, too early or too crowded to tell. */
export function intervalsText(rows: readonly IntervalRow[]): string {
  const policies = [...new Set(rows.map(({ policy }) => policy))]
  const of = (policy: string) => rows.filter(row => row.policy === policy).map(({ interval }) => interval)
  const columns = SHOWN.map(shown => ({
    heading: shown.heading,
    cells: policies.map(policy => cellOf(of(policy).find(it => isOf(it, shown))!, shown)),
    ...(shown.spare === undefined ? {} : { spare: shown.spare }),
  }))
  const { text, isCut } = fittedTable(
    [{ heading: '\npolicy', cells: policies, align: 'left' }, ...columns],
    2,
  )
  const notes = [...doubtNotes(policies.map(policy => [policy, of(policy)])), wrapped(ADVICE)]
  return [paragraph(ABOUT), text, [...notes, ...(isCut ? [paragraph(CUT_NOTE)] : [])].join('\n')].join('\n\n')
}

function isOf(interval: RunInterval, { metric, statistic }: Shown): boolean {
  return interval.metric === metric && interval.statistic === statistic
}

const MOST_DECIMALS = 6

/** `0.412 ± 0.013`, or `2.31 (2.10 to 2.70)` where the bounds need not be even: two digits of half the width. */
function cellOf({ value, low, high, doubt }: RunInterval, { statistic, scale, mostDecimals }: Shown): string {
  if (doubt !== undefined) return MARKS[doubt.why]
  const half = (high - low) / 2
  const digits = 1 - Math.floor(Math.log10(scale * half))
  const decimals = Math.min(mostDecimals ?? MOST_DECIMALS, Math.max(0, digits))
  const text = (number: number) => (half === 0 ? short(scale * number) : (scale * number).toFixed(decimals))
  const isEven = statistic === 'mean' || statistic === 'rate'
  return isEven ? `${text(value)} ± ${text(half)}` : `${text(value)} (${text(low)} to ${text(high)})`
}

const MARKS: Readonly<Record<Doubt['why'], string>> = {
  short: 'too short',
  unsettled: 'unsettled',
  saturated: 'unstable',
  undefined: '-',
}

type OfPolicy = readonly [policy: string, intervals: readonly RunInterval[]]

/** A line for each kind of doubt that there is, with the policies that it is about. */
function doubtNotes(all: readonly OfPolicy[]): string[] {
  return [
    ...note(
      all,
      'Too short to tell; for all figures the workload needs so many requests more, at least:',
      missing,
    ),
    ...note(all, 'Unsettled: warm-up shifts the means; warmup_s must be, at least:', warmUp),
    ...note(all, 'Unstable: the queue grows, and figures with the run; no interval of', unstable),
  ]
}

/** @param of what follows the name of a policy; undefined where the note is not about it */
function note(
  all: readonly OfPolicy[],
  opening: string,
  of: (doubts: readonly Doubt[]) => string | undefined,
): string[] {
  const each = all.flatMap(([policy, intervals]) => {
    const text = of(intervals.flatMap(({ doubt }) => doubt ?? []))
    return text === undefined ? [] : [`${policy}${text}`]
  })
  return each.length === 0 ? [] : [wrapped(`${opening} ${each.join(', ')}.`)]
}

function missing(doubts: readonly Doubt[]): string | undefined {
  const counts = doubts.flatMap(doubt => (doubt.why === 'short' ? [doubt.moreRequests] : []))
  return counts.length === 0 ? undefined : ` ${Math.max(...counts)}`
}

function warmUp(doubts: readonly Doubt[]): string | undefined {
  const [untilS] = doubts.flatMap(doubt => (doubt.why === 'unsettled' ? [doubt.untilS] : []))
  return untilS === undefined ? undefined : ` ${untilS}`
}

function unstable(doubts: readonly Doubt[]): string | undefined {
  return doubts.some(({ why }) => why === 'saturated') ? '' : undefined
}
