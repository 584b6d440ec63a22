import { UserError } from '../../core/errors.ts'
import { suggestion } from '../../core/nearest.ts'
import { documentsIn } from './benchmark.ts'
import type { Draft, Format, MeasuredFile } from './contract.ts'
import { headerOf } from './csv.ts'
import { iterationCsv } from './iteration-csv.ts'
import { logCsv } from './log-csv.ts'
import { servedCsv } from './served-csv.ts'
import { sglangBench } from './sglang-bench.ts'
import { vllmBench } from './vllm-bench.ts'

/** Every kind of file by name; help texts are derived from this table. A file is of the first that recognises it. */
export const formats = {
  'vllm-bench': vllmBench,
  'sglang-bench': sglangBench,
  iterations: iterationCsv,
  served: servedCsv,
  log: logCsv,
} as const satisfies Record<string, Format>

/** The measurements of a file. Throws a UserError where it is of no known kind. */
export function draftsIn(file: MeasuredFile): Draft[] {
  if (file.text.trim() === '') throw new UserError(`${file.name}: is empty`)
  if (file.text.includes('\0')) {
    throw new UserError(`${file.name}: is no text; must be JSON or CSV in UTF-8`)
  }
  const format = Object.values<Format>(formats).find(one => one.recognises(file))
  if (format !== undefined) return format.read(file)
  throw new UserError(`${file.name}:1: ${unknown(file)}`)
}

function unknown(file: MeasuredFile): string {
  if (file.text.trimStart().startsWith('{')) {
    if (documentsIn(file)[0].value === undefined) return 'begins as JSON and is none: is it cut short?'
    return 'is JSON, and neither output of `vllm bench serve --save-result` nor of `sglang.bench_serving`'
  }
  const header = headerOf(file)
  const missing = Object.values(CSV_COLUMNS).map(columns => columns.filter(name => !header.includes(name)))
  const [least] = missing.toSorted((a, b) => a.length - b.length)
  return `the column ${least.join(', ')} is missing; ${suggestion(least[0], header)}`
}

/** Columns without which a CSV file is of none of the kinds. */
const CSV_COLUMNS = {
  iterations: ['phase', 'batch_size', 'time_s'],
  served: ['concurrency', 'input_tokens_mean', 'output_tokens_mean'],
  log: ['arrival_s', 'input_tokens', 'output_tokens', 'ttft_s'],
} as const
