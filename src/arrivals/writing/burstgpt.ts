import type { TraceWriter } from './contract.ts'
import { nameCell } from './csv-cell.ts'
import { lines } from './lines.ts'

const NO_MODEL = 'ChatGPT'

/** Classes are kinds of log; a request of no model is one of ChatGPT. */
export const burstgpt: TraceWriter = {
  carries: ['class', 'model', 'session'],
  begin: () =>
    lines(
      'Timestamp,Session ID,Model,Request tokens,Response tokens,Total tokens,Log Type\n',
      ({ arrivalS, inputTokens, outputTokens, classId, details }, row, { classes, models = [] }) => {
        const session = details === undefined || details.sessionId[row] < 0 ? '' : details.sessionId[row]
        const model = nameCell(models[details?.modelId[row] ?? -1] ?? NO_MODEL)
        const sizes = `${inputTokens[row]},${outputTokens[row]},${inputTokens[row] + outputTokens[row]}`
        return `${arrivalS[row]},${session},${model},${sizes},${nameCell(classes[classId[row]])}`
      },
    ),
}
