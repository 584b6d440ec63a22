import { csvFormat } from './csv.ts'
import {
  BLOCK_TOKENS,
  BLOCKS,
  CLASS,
  DEADLINE,
  HIT,
  INPUT,
  ITEMS,
  MODALITY,
  MODEL,
  OUTPUT,
  SECONDS,
  SESSION,
  TENANT,
  THINK,
  TURN,
  TURNS,
} from './csv-columns.ts'

const optional = true

/** The normal form: everything that a workload can say, in columns of which files have those they need. */
export const regattaCsv = csvFormat(
  {
    name: 'regatta-csv',
    columns: {
      arrival_s: { role: SECONDS },
      input_tokens: { role: INPUT },
      output_tokens: { role: OUTPUT },
      class: { role: CLASS, optional },
      tenant: { role: TENANT, optional },
      model: { role: MODEL, optional },
      session: { role: SESSION, optional },
      turn: { role: TURN, optional },
      turns: { role: TURNS, optional },
      think_s: { role: THINK, optional },
      deadline_s: { role: DEADLINE, optional },
      modality: { role: MODALITY, optional },
      items: { role: ITEMS, optional },
      block_tokens: { role: BLOCK_TOKENS, optional },
      blocks: { role: BLOCKS, optional },
      hit_tokens: { role: HIT, optional },
    },
    zeroOutput: 'bad',
  },
  'the normal form, CSV: everything that Regatta can use of a trace',
)
