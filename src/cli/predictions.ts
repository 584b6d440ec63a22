import type { Standing } from '../experiments/race.ts'
import type { PredictionResult } from '../results/prediction-result.ts'
import { percent, short, tableText, wrapped } from './print.ts'

const NAMES: Readonly<Record<string, string>> = {
  ttft: 'TTFT s',
  tpot: 'TPOT ms',
  e2e: 'E2E s',
  usd: 'm$',
  joules: 'J',
}
/** Of what is shown in thousandths. */
const SCALES: Readonly<Record<string, number>> = { tpot: 1000, usd: 1000 }

interface Row extends PredictionResult {
  readonly policy: string
}

/** How far off what policies went by was: one line for each and quantity. */
export function predictionsText(standings: readonly Standing[]): string {
  const rows = standings.flatMap(({ entrant, result: { predictions = [] } }) =>
    predictions.map((prediction, i): Row => ({ ...prediction, policy: i === 0 ? entrant.label : '' })),
  )
  if (rows.length === 0) return 'No policy goes by predictions.'
  const amount = (heading: string, of: (row: Row) => number) => ({
    heading,
    cells: rows.map(row => short((SCALES[row.quantity] ?? 1) * of(row))),
  })
  const table = tableText([
    { heading: '\npolicy', cells: rows.map(({ policy }) => policy), align: 'left' },
    { heading: '\nexpected', cells: rows.map(({ quantity }) => NAMES[quantity]), align: 'left' },
    amount('came true\nmean', ({ realisedMean }) => realisedMean),
    amount('expected less\nthat, mean', ({ bias }) => bias),
    amount('size of that,\nmean', ({ meanAbsoluteError }) => meanAbsoluteError),
    { heading: 'off by %\np50', cells: rows.map(({ ape50 }) => percent(ape50)) },
    { heading: '\np90', cells: rows.map(({ ape90 }) => percent(ape90)) },
  ])
  return `${table}\n\n${NOTE}`
}

const NOTE = wrapped(
  'Of the replica that was chosen, when it was: requests that arrived in the window and finished. ' +
    'Times count from the decision; m$ and J are what the request itself adds.',
)
