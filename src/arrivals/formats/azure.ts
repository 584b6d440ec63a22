import { csvFormat } from './csv.ts'
import { type CsvColumn, INPUT, OUTPUT, STAMP } from './csv-columns.ts'

const COLUMNS = {
  TIMESTAMP: { role: STAMP },
  ContextTokens: { role: INPUT },
  GeneratedTokens: { role: OUTPUT },
} as const satisfies Record<string, CsvColumn>

/** Times are UTC, with a zone or not, to 100 ns; the fraction may be missing. */
export const azure = csvFormat(
  { name: 'azure', columns: COLUMNS, headerless: Object.keys(COLUMNS), zeroOutput: 'bad' },
  "Azure LLM inference traces of 2023 and 2024, CSV, and inference-perf's copies without a header",
)
