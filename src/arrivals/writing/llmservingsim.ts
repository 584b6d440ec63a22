import type { TraceWriter } from './contract.ts'
import { lines, wholeParts } from './lines.ts'

/** Flat requests: its sessions take their times from one another alone. */
export const llmServingSim: TraceWriter = {
  carries: [],
  begin: (_, losses) =>
    lines('', ({ arrivalS, inputTokens, outputTokens }, row) =>
      JSON.stringify({
        input_toks: inputTokens[row],
        output_toks: outputTokens[row],
        arrival_time_ns: wholeParts(arrivalS[row], 1e9, '1 ns', losses),
      }),
    ),
}
