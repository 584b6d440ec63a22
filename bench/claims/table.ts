import type { Cell, Column } from '../../src/results/columns/column.ts'
import { csvCells, csvHeader, csvLines } from '../../src/results/csv.ts'
import type { OtherMeasure } from './cases.ts'
import { MEASURES, type MeasureName } from './measures.ts'
import type { Way } from './replica-scenario.ts'
import type { ClaimRow } from './rows.ts'
import type { Side, Trial } from './trial.ts'

/** Of claims.csv. */
export const COLUMNS: readonly Column<ClaimRow>[] = [
  { name: 'claim', about: 'Id of its file in configs/claims.', value: ({ claim }) => claim },
  ofCase('work', 'What is served.', ({ work }) => work),
  ofCase('subject', 'What the claim is about.', ({ subject }) => subject),
  ofCase('against', 'What it is compared with.', ({ against }) => against),
  ofCase('subject_terms', 'What it is paid by.', ({ terms }) => terms?.subject ?? ''),
  ofCase('against_terms', 'The same of the other.', ({ terms }) => terms?.against ?? ''),
  ofCase(
    'utilisation',
    'Share of the highest rate at which the SLO holds.',
    ({ utilisation }) => utilisation,
  ),
  ofCase('measure', 'What is compared.', ({ measure }) => measure),
  ofCase('unit', 'Of the two values.', ({ measure }) => unitOf(measure)),
  ofTrial(
    'subject_value',
    'At the given values; blank where the SLO is missed.',
    ({ subject }) => subject.value,
  ),
  ofTrial('against_value', 'The same of the other.', ({ against }) => against.value),
  ofTrial('subject_layout', 'How the replica lies, of the ways tried.', ({ subject }) =>
    layoutText(subject.way),
  ),
  ofTrial('against_layout', 'The same of the other.', ({ against }) => layoutText(against.way)),
  ofTrial('ratio', 'How many times better the subject is.', ({ ratio }) => endlessText(ratio)),
  ofTrial('ratio_p05', 'Over the draws; 0 where the subject alone misses.', ({ band }) =>
    endlessText(band.low),
  ),
  ofTrial('ratio_p50', 'inf where the other alone misses.', ({ band }) => endlessText(band.median)),
  ofTrial('ratio_p95', 'Over the draws.', ({ band }) => endlessText(band.high)),
  ofCase('model_error', 'Factor by which the simulator may be off beside.', ({ modelError }) => modelError),
  ofCase('claimed_low', 'Least ratio of which the claim is true.', ({ claimed }) => claimed.low),
  ofCase('claimed_high', 'Most that it speaks of.', ({ claimed }) => claimed.high ?? Number.NaN),
  ofTrial('true_share', 'Of the draws, at least the least claimed.', ({ band }) => band.trueShare),
  ofTrial('within_share', 'Of the draws, within what is claimed.', ({ band }) => band.withinShare),
  ofTrial('flips', 'Whether a draw says otherwise than the given values.', ({ flips }) => flips),
  ofTrial('unknowns', 'Estimates with a range behind it.', ({ unknowns }) => unknowns),
  ofTrial('grade', 'Of the weakest fact.', ({ grade }) => grade),
  ofTrial(
    'moves_most',
    'The unknown whose rank goes with the ratio most.',
    ({ strongest }) => strongest?.unknown ?? '',
  ),
  ofTrial('correlation', 'Of ranks.', ({ strongest }) => strongest?.correlation ?? Number.NaN),
  ofCase('what_if', 'Whether it is of what there is not.', ({ isWhatIf = false }) => isWhatIf),
  ofTrial('verdict', 'Of the band, widened by the model error.', ({ verdict }) => verdict),
  ofCase('measured_ratio', 'On real hardware.', ({ measured }) => measured?.ratio ?? Number.NaN),
  { name: 'ratio_error', about: 'Simulated over measured, less 1.', value: row => errorsOf(row).ratio },
  { name: 'subject_error', about: 'Of its value.', value: row => errorsOf(row).subject },
  { name: 'against_error', about: 'Of the value of the other.', value: row => errorsOf(row).against },
  {
    name: 'not_run',
    about: 'Why there is no result.',
    value: ({ result }) => ('why' in result ? reasonOf(result.why) : ''),
  },
  {
    name: 'remark',
    about: 'What else there is.',
    value: ({ result }) => ('why' in result ? '' : remarkOf(result)),
  },
]

function ofCase(name: string, about: string, value: (given: ClaimRow['given']) => Cell): Column<ClaimRow> {
  return { name, about, value: ({ given }) => value(given) }
}

function ofTrial(name: string, about: string, value: (trial: Trial) => Cell): Column<ClaimRow> {
  return { name, about, value: ({ result }) => ('why' in result ? '' : value(result)) }
}

export function claimsCsv(rows: readonly ClaimRow[]): string {
  return csvHeader(COLUMNS) + csvLines(rows.map(row => csvCells(COLUMNS, row)))
}

/** Simulated over measured, less 1; NaN where nothing was measured. */
export function errorsOf({ given: { measured }, result }: ClaimRow) {
  const error = (simulated: number, real = Number.NaN) => simulated / real - 1
  if ('why' in result) return { ratio: Number.NaN, subject: Number.NaN, against: Number.NaN }
  return {
    ratio: error(result.ratio, measured?.ratio),
    subject: error(result.subject.value, measured?.subject),
    against: error(result.against.value, measured?.against),
  }
}

/** What a refusal says but for the place in a file that it begins with. */
export function reasonOf(why: string): string {
  return why.replace(/^\S+:\d+:\d+: /, '')
}

/** `tp 8, ep 8` */
export function layoutText(way: Way): string {
  return Object.entries(way)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')
}

const OTHER_UNITS: Readonly<Record<OtherMeasure, string>> = {
  price_margin: '$ per device hour',
  overtaking_running: '$ over all quarters; the ratio is a year',
  overtaking_cumulative: '$ over all quarters; the ratio is a year',
}

function unitOf(measure: ClaimRow['given']['measure']): string {
  return measure in MEASURES ? MEASURES[measure as MeasureName].unit : OTHER_UNITS[measure as OtherMeasure]
}

function endlessText(ratio: number): Cell {
  return ratio === Number.POSITIVE_INFINITY ? 'inf' : ratio
}

function remarkOf({ subject, against, remark }: Trial): string {
  const missed = (name: string, side: Side) => (side.missed === undefined ? [] : [`${name} ${side.missed}`])
  const remarks = [...missed('subject', subject), ...missed('against', against)]
  return [...remarks, ...(remark === undefined ? [] : [remark])].join('; ')
}
