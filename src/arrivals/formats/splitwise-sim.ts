import { csvFormat } from './csv.ts'
import { EQUALS, ID, INPUT, MODEL, OUTPUT, SECONDS } from './csv-columns.ts'

const LLM_INFERENCE = 2

/** Applications are deployed models. Requests of other types and batches of several are left out. */
export const splitwiseSim = csvFormat(
  {
    name: 'splitwise-sim',
    columns: {
      request_id: { role: ID },
      request_type: { role: EQUALS, equals: LLM_INFERENCE, optional: true },
      application_id: { role: MODEL, optional: true },
      arrival_timestamp: { role: SECONDS },
      batch_size: { role: EQUALS, equals: 1, optional: true },
      prompt_size: { role: INPUT },
      token_size: { role: OUTPUT },
    },
    zeroOutput: 'bad',
  },
  'traces of splitwise-sim, CSV',
)
