import { csvFormat } from './csv.ts'
import { INPUT, OUTPUT, SECONDS } from './csv-columns.ts'

/** Files of lengths alone have no `arrived_at` and need gaps. */
export const vidur = csvFormat(
  {
    name: 'vidur',
    columns: {
      arrived_at: { role: SECONDS, optional: true },
      num_prefill_tokens: { role: INPUT },
      num_decode_tokens: { role: OUTPUT },
    },
    zeroOutput: 'bad',
  },
  'processed traces of Vidur and Sarathi, CSV, with times or lengths alone',
)
