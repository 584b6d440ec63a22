import type { TraceWriter } from './contract.ts'
import { lines } from './lines.ts'

const LLM_INFERENCE = 2

/** Applications are models by number; their names are lost. */
export const splitwiseSim: TraceWriter = {
  carries: [],
  begin() {
    let request = 0
    return lines(
      'request_id,request_type,application_id,arrival_timestamp,batch_size,prompt_size,token_size\n',
      ({ arrivalS, inputTokens, outputTokens, details }, row) => {
        const model = Math.max(0, details?.modelId[row] ?? 0)
        const sizes = `${inputTokens[row]},${outputTokens[row]}`
        return `${request++},${LLM_INFERENCE},${model},${arrivalS[row]},1,${sizes}`
      },
    )
  },
}
