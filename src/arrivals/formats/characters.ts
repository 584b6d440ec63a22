import { positive } from '../bounds.ts'
import type { ReadingOptions } from './contract.ts'
import type { RowLog } from './row-log.ts'

const CHARACTERS_PER_TOKEN = 4

/** Tokens of a text by its length, rounded up, for there is no tokenizer here; notes the estimate in the log. */
export type Estimate = (text: string, place: string) => number

/** Throws a UserError unless the options' characters per token are above 0. */
export function tokenEstimate({ charactersPerToken }: ReadingOptions, log: RowLog): Estimate {
  const perToken = positive('charactersPerToken', charactersPerToken ?? CHARACTERS_PER_TOKEN)
  return (text, place) => {
    log.remark(place, `tokens of a text are estimated: one for every ${perToken} characters`)
    return Math.ceil(text.length / perToken)
  }
}
