import type { Row } from '../measurements/table.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { Comparison, Outcome } from './contract.ts'

/** A comparison without what every comparison of a row has. */
export type Predicted = Omit<Comparison, 'place' | 'source'>

/** What comes of the rows when each is predicted by itself; a row that cannot be predicted gives its reason. */
export function* outcomesOf<Column extends string>(
  rows: Iterable<Row<Column | 'source'>>,
  predict: (row: Row<Column | 'source'>) => Iterable<Predicted>,
): Generator<Outcome> {
  for (const row of rows) yield* outcomesOfRow(row, predict)
}

/** The same where predicting takes simulations. */
export async function* outcomesIn<Column extends string>(
  rows: Iterable<Row<Column | 'source'>>,
  predict: (row: Row<Column | 'source'>) => Promise<Iterable<Predicted>>,
): AsyncGenerator<Outcome> {
  for (const row of rows) {
    const found = await predict(row).then(
      predicted => () => predicted,
      error => () => {
        throw error
      },
    )
    yield* outcomesOfRow(row, found)
  }
}

/** The comparisons of one row, or the reason why there are none. */
function outcomesOfRow<Column extends string>(
  row: Row<Column | 'source'>,
  predict: (row: Row<Column | 'source'>) => Iterable<Predicted>,
): Outcome[] {
  const { place } = row
  let source = ''
  try {
    source = row.text('source')
    return [...predict(row)].map(predicted => ({ place, source, ...checked(predicted) }))
  } catch (error) {
    return [{ place, source, reason: reasonOf(error) }]
  }
}

/** Why a measurement cannot be predicted, from what predicting it threw. */
export function reasonOf(error: unknown): string {
  if (error instanceof Unusable) return error.message
  if (error instanceof RangeError) return `the model refuses it: ${error.message}`
  return `regatta failed on it: ${error instanceof Error ? error.message : String(error)}`
}

function checked(predicted: Predicted): Predicted {
  const { measured, predicted: value, metric } = predicted
  if (!(measured > 0 && measured < Number.POSITIVE_INFINITY)) throw new Unusable(`${metric} is ${measured}`)
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${metric} comes out as ${value}`)
  }
  return predicted
}
