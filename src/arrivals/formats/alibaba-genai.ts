import type { TraceFormat, TraceInput, TraceRow } from './contract.ts'
import { type CsvRow, csvRows } from './csv-rows.ts'
import { singleFile } from './input.ts'
import type { RowLog } from './row-log.ts'
import { rowSource } from './rows.ts'
import { isStamp, secondsOf } from './stamps.ts'

const COLUMNS = ['gmt_create', 'predict_status', 'num_images_per_prompt', 'num_inference_steps']

/**
 * Alibaba's GenTD26, CSV: requests for images, not for tokens. The work of one is its denoising steps times its images:
 * that is its input, with one output, so that a model of a fixed time per step and image serves it. Classes are the
 * kinds of prediction, tenants the groups, models the checkpoints. Requests that did not succeed are left out.
 */
export const alibabaGenAi: TraceFormat = {
  about: 'Alibaba GenTD26, CSV: image requests; input is denoising steps times images',
  timing: 'own',
  zeroOutput: 'bad',
  recognises: ({ line }) => COLUMNS.every(name => line.split(',').includes(name)),
  open: (input, options) =>
    rowSource(input, options, { name: 'alibaba-genai', ...alibabaGenAi }, { order: 'window' }, log =>
      imageRows(input, log),
    ),
}

async function* imageRows(input: TraceInput, log: RowLog): AsyncGenerator<readonly TraceRow[]> {
  for await (const rows of csvRows(singleFile(input, 'alibaba-genai'), log, COLUMNS)) {
    yield rows.flatMap(row => rowOf(row, log) ?? [])
  }
}

function rowOf(row: CsvRow, log: RowLog): TraceRow | undefined {
  const { place, cell } = row
  const status = cell('predict_status')
  if (status !== 'SUCCEED') {
    log.leftOut(place, `predict_status is ${status}`)
    return undefined
  }
  const stamp = cell('gmt_create') ?? ''
  const images = row.number('num_images_per_prompt')
  const [className, tenant, model] = ['predict_type', 'groupId', 'checkpoint_model_version_id'].map(cell)
  return {
    place,
    arrivalS: isStamp(stamp) ? secondsOf(stamp) : Number.NaN,
    inputTokens: row.number('num_inference_steps') * images,
    outputTokens: 1,
    modality: 'image',
    items: images,
    ...(className && { className }),
    ...(tenant && { tenant }),
    ...(model && { model }),
  }
}
