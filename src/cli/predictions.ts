import type { Standing } from '../experiments/race.ts'
import type { PredictionResult } from '../results/prediction-result.ts'
import { paragraph, percent, short, tableText, wrapped } from './print.ts'

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

/** How far off what policies went by was: one line for each and quantity, and one for each that has none. */
export function predictionsText(standings: readonly Standing[]): string {
  const going = standings.filter(({ result }) => result.predictions !== undefined)
  if (going.length === 0) return 'No policy goes by predictions.'
  return [...predictionTable(going), ...going.flatMap(absence)].join('\n\n')
}

/** None of a policy that made none in time, such as one that learns from the ends of requests. */
function absence({ entrant, result: { predictions } }: Standing): string[] {
  if (predictions!.length > 0) return []
  return [
    paragraph(
      `${entrant.label}  none: nothing was predicted of a request that came in the window and finished.\n` +
        'A policy that learns predicts when it has seen enough requests end: give the workload more.',
    ),
  ]
}

function predictionTable(standings: readonly Standing[]): string[] {
  const rows = standings.flatMap(({ entrant, result: { predictions = [] } }) =>
    predictions.map((prediction, i): Row => ({ ...prediction, policy: i === 0 ? entrant.label : '' })),
  )
  if (rows.length === 0) return []
  const amount = (heading: string, of: (row: Row) => number) => ({
    heading,
    cells: rows.map(row => short((SCALES[row.quantity] ?? 1) * of(row))),
  })
  const table = tableText([
    { heading: '\npolicy', cells: rows.map(({ policy }) => policy), align: 'left' },
    { heading: '\nexpected', cells: rows.map(({ quantity }) => NAMES[quantity]), align: 'left' },
    amount('came true\nmean', ({ realisedMean }) => realisedMean),
    amount('error\nmean', ({ bias }) => bias),
    amount('|error|\nmean', ({ meanAbsoluteError }) => meanAbsoluteError),
    { heading: 'off by %\np50', cells: rows.map(({ ape50 }) => percent(ape50)) },
    { heading: '\np90', cells: rows.map(({ ape90 }) => percent(ape90)) },
  ])
  return [table, wrapped(NOTE)]
}

const NOTE =
  'Error: what was expected less what came true, of the replica that was chosen, when it was: requests that arrived ' +
  'in the window and finished. Times count from the decision; m$ and J are what the request itself adds.'
