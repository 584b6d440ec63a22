import { type Compared, comparison, type Grade, sampleDistance } from '../arrivals/fitting/comparison.ts'
import type { Gathered } from '../arrivals/statistics/gather.ts'
import { colours, tableText } from './print.ts'
import { seconds, whole } from './quantities.ts'

/** Statistics of a trace beside those of a workload made like it, and how near they are. */
export function likeText(real: Gathered, generated: Gathered, notes: readonly string[]): string {
  const rows = comparison(real, generated)
  const left = (heading: string, cell: (row: Compared, i: number) => string) =>
    ({ heading, cells: rows.map(cell), align: 'left' }) as const
  const right = (heading: string, cell: (row: Compared) => string) => ({ heading, cells: rows.map(cell) })
  const table = tableText([
    left('', ({ section }, i) => (rows[i - 1]?.section === section ? '' : section)),
    left('statistic', ({ name }) => name),
    right('real', row => shown(row, row.real)),
    right('generated', row => shown(row, row.generated)),
    right('difference', differenceText),
    left('match', ({ grade }) => GRADES[grade](grade)),
  ])
  const good = rows.filter(({ grade }) => grade === 'good').length
  const poor = rows.filter(({ grade }) => grade === 'poor').length
  const lines = [
    `${good} of ${rows.length} within 5 % (good), ${poor} not within 20 % (poor); of shares and correlations plainly`,
    `largest distance of the shares below any length: ${distancesText(real, generated)}`,
    ...notes.map(note => `Note: ${note}.`),
  ]
  return [table, '', ...lines].join('\n')
}

const GRADES: Readonly<Record<Grade, (text: string) => string>> = {
  good: colours.green,
  fair: colours.yellow,
  poor: colours.red,
}

function shown({ unit }: Compared, value: number): string {
  return unit === 's' ? seconds(value) : whole(value)
}

function differenceText({ difference }: Compared): string {
  if (!Number.isFinite(difference)) return '-'
  return `${difference < 0 ? '' : '+'}${(100 * difference).toFixed(1)} %`
}

function distancesText(real: Gathered, generated: Gathered): string {
  const input = sampleDistance(real.inputTokens, generated.inputTokens)
  const output = sampleDistance(real.outputTokens, generated.outputTokens)
  return `input ${input.toFixed(3)}, output ${output.toFixed(3)}`
}
