import type { CsvRow } from './csv-rows.ts'

/** How long the prompts of a BLIS trace are. Where contexts accumulate, remembers that of each session. */
export class BlisContexts {
  readonly #accumulates: boolean
  readonly #contextTokens = new Map<string, number>()

  /** @param accumulates whether `input_tokens` of a session's later rounds is what they add to the context */
  constructor(accumulates: boolean) {
    this.#accumulates = accumulates
  }

  /** @param prefixTokens what the row's prefix group shares */
  promptTokens(row: CsvRow, prefixTokens: number): number {
    const session = row.cell('session_id')
    if (this.#accumulates && session) return this.#grown(row, session, prefixTokens)
    const served = row.cell('server_input_tokens') ? row.number('server_input_tokens') : 0
    return served > 0 && prefixTokens === 0 ? served : prefixTokens + row.number('input_tokens')
  }

  #grown(row: CsvRow, session: string, prefixTokens: number): number {
    const before = row.number('round_index') > 0 ? this.#contextTokens.get(session) : undefined
    const grown = (before ?? prefixTokens) + row.number('input_tokens')
    // The context was cut down to this.
    const prompt = row.cell('input_tokens_reset') ? row.number('input_tokens_reset') : grown
    this.#contextTokens.set(session, prompt + row.number('output_tokens'))
    return prompt
  }
}
