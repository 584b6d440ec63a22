import { GRADES } from '../../src/scenario/facts.ts'
import { pairName } from './cases.ts'
import { MEASURES } from './measures.ts'
import type { ClaimRow } from './rows.ts'
import type { Trial } from './trial.ts'

/** The cases of a claim that ran: a line for each pair, a column for each utilisation. */
export function casesTable(rows: readonly ClaimRow[]): string {
  const ran = rows.flatMap(row => ('why' in row.result ? [] : [{ ...row, result: row.result }]))
  const loads = [...new Set(ran.map(({ given }) => given.utilisation))].sort((a, b) => a - b)
  const keyOf = ({ given }: ClaimRow) => `${pairName(given)}, ${given.measure}`
  const keys = [...new Set(ran.map(keyOf))]
  const head = [
    'work',
    'subject',
    'against',
    'by',
    ...loads.map(load => loadText(load, ran)),
    'moves it most',
    'rests on',
  ]
  const lines = keys.map(key => {
    const own = ran.filter(row => keyOf(row) === key)
    const { given, result } = own[0]
    const { work, subject, against, terms, measure } = given
    const at = (load: number) => own.find(row => row.given.utilisation === load)
    return [
      ...[work, paidText(subject, terms?.subject), paidText(against, terms?.against), BY[measure]],
      ...loads.map(load => cellText(at(load)?.result) + (given.isWhatIf ? ', if so' : '')),
      movesText(own.map(row => row.result)),
      restsText(result),
    ]
  })
  return tableText([head, ...lines])
}

const BY: Readonly<Record<ClaimRow['given']['measure'], string>> = {
  joules_per_unit: 'J a unit',
  usd_per_million: '$ a million',
  units_per_s_per_device: 'rate a device',
  price_margin: 'price beyond break-even',
  overtaking_running: 'year from which a quarter costs less',
  overtaking_cumulative: 'year from which all so far costs less',
}

export function tableText([head, ...lines]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...lines.map(line)].join('\n')
}

/** `19 estimates` */
function restsText({ unknowns, grade, remark }: Trial): string {
  const rests = unknowns === 0 ? `facts of grade ${grade}` : `${unknowns} estimates`
  return remark === undefined ? rests : `${rests}; ${remark}`
}

function loadText(utilisation: number, ran: readonly ClaimRow[]): string {
  if (utilisation < 1) return `at ${100 * utilisation} %`
  return ran.every(({ given }) => given.measure in MEASURES) ? 'times better, full' : 'as given'
}

function paidText(pool: string, terms: string | undefined): string {
  return terms === undefined ? pool : `${pool}, ${terms}`
}

const MARKS = { holds: 'holds', 'does not': 'no', 'cannot be told': '?' } as const

/** `1.8 (1.3–2.4) holds`, and that a draw says otherwise. */
function cellText(trial: Trial | undefined): string {
  if (trial === undefined) return ''
  const { ratio, band, verdict, flips } = trial
  return `${times(ratio)} (${times(band.low)}–${times(band.high)}) ${MARKS[verdict]}${flips ? ' ⇄' : ''}`
}

/** What the cases that ran span between the bands' ends, by measure, and the weakest grade that they rest on. */
export function rangeText(rows: readonly ClaimRow[]): string {
  const ran = rows.flatMap(({ given, result }) =>
    'why' in result || given.isWhatIf ? [] : [{ ...result, by: BY[given.measure] }],
  )
  const spans = [...new Set(ran.map(({ by }) => by))].map(by => {
    const bands = ran.filter(each => each.by === by).map(({ band }) => band)
    const [low, high] = [Math.min(...bands.map(({ low }) => low)), Math.max(...bands.map(({ high }) => high))]
    return `${by} ${times(low)}–${times(high)}`
  })
  const grade = ran.reduce((worst, { grade }) => Math.max(worst, GRADES.indexOf(grade)), 0)
  return ran.length === 0 ? '–' : `${spans.join('; ')} (${GRADES[grade]})`
}

/** Two digits of a ratio; all of a year. */
function times(ratio: number): string {
  if (Number.isNaN(ratio)) return '–'
  if (ratio === Number.POSITIVE_INFINITY) return '∞'
  return String(ratio > 1000 ? ratio : Number(ratio.toPrecision(2)))
}

/** Of the busiest case in which one stands out. */
function movesText(trials: readonly Trial[]): string {
  const strongest = trials.findLast(trial => trial.strongest !== undefined)?.strongest
  return strongest === undefined ? '' : `${strongest.unknown} (${strongest.correlation.toFixed(2)})`
}
