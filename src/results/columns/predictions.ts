import type { PredictionResult } from '../prediction-result.ts'
import type { Column } from './column.ts'

/** One quantity that one policy goes by. */
export interface PredictionRow {
  readonly policy: string
  readonly prediction: PredictionResult
}

const UNITS: Readonly<Record<string, string>> = { ttft: 's', tpot: 's', e2e: 's', usd: 'usd', joules: 'j' }

/** The columns of predictions.csv. */
export const predictionColumns: readonly Column<PredictionRow>[] = [
  { name: 'policy', about: 'Routing policy', value: ({ policy }) => policy },
  {
    name: 'quantity',
    about:
      'ttft, tpot, e2e: from the decision; usd: share of the replica at its price; joules: share of its energy above idle',
    value: ({ prediction }) => prediction.quantity,
  },
  {
    name: 'unit',
    about: 'Of realised_mean, bias and mean_absolute_error: s, usd or j',
    value: ({ prediction }) => UNITS[prediction.quantity],
  },
  {
    name: 'requests',
    about: 'Requests compared: they arrived in the window, were sent where it was expected, and finished',
    value: ({ prediction }) => prediction.count,
  },
  {
    name: 'realised_mean',
    about: 'Mean of what came true',
    value: ({ prediction }) => prediction.realisedMean,
  },
  {
    name: 'bias',
    about: 'Mean of what was expected less what came true: above 0 where too much was expected',
    value: ({ prediction }) => prediction.bias,
  },
  {
    name: 'mean_absolute_error',
    about: 'Mean size of that difference',
    value: ({ prediction }) => prediction.meanAbsoluteError,
  },
  {
    name: 'ape_p50',
    about: 'Median of |expected / realised - 1|',
    value: ({ prediction }) => prediction.ape50,
  },
  {
    name: 'ape_p90',
    about: '90th percentile of the same',
    value: ({ prediction }) => prediction.ape90,
  },
]
