import type { TraceWriter } from './contract.ts'
import { lines } from './lines.ts'

export const vidur: TraceWriter = {
  carries: [],
  begin: () =>
    lines(
      'arrived_at,num_prefill_tokens,num_decode_tokens\n',
      ({ arrivalS, inputTokens, outputTokens }, row) =>
        `${arrivalS[row]},${inputTokens[row]},${outputTokens[row]}`,
    ),
}
