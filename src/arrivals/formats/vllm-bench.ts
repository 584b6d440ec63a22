import { UserError } from '../../core/errors.ts'
import { byTime } from './by-time.ts'
import { type Estimate, tokenEstimate } from './characters.ts'
import type { ReadingOptions, TraceFormat, TraceHead, TraceInput, TraceRow } from './contract.ts'
import { isObject, type JsonObject, listIn, optionalNumberIn } from './fields.ts'
import { singleFile } from './input.ts'
import { jsonElements, LONGEST_DOCUMENT_BYTES } from './json-elements.ts'
import { jsonHead, names } from './json-head.ts'
import { type RowLog, unlessBad } from './row-log.ts'
import { rowSource } from './rows.ts'

/**
 * What `vllm bench serve` writes and reads. A result with `--save-detailed` gives each request its `input_lens`,
 * `output_lens` and, in newer versions, `start_times` in seconds; without those, requests come by `options.gaps`.
 * Failed requests are left out and counted. A result is a single JSON value, so it is held in memory; several may follow
 * one another. A data set in JSON Lines of `prompt` and `output_tokens` has neither times nor prompt lengths: it too needs
 * `options.gaps`, and its prompts' tokens are estimated from characters.
 */
export const vllmBench: TraceFormat = {
  about: 'vllm bench serve: result JSON (--save-detailed), or JSONL of prompt and output_tokens',
  timing: 'own',
  zeroOutput: 'drop',
  recognises: isVllmBench,
  open: (input, options) =>
    rowSource(input, options, { name: 'vllm-bench', ...vllmBench }, { order: 'window' }, log =>
      benchRows(input, options, log),
    ),
}

function isVllmBench({ text }: TraceHead): boolean {
  const head = jsonHead(text)
  const isResult = names(head, 'request_throughput') || names(head, 'input_lens', 'output_lens')
  return (
    isResult || names(head, 'backend', 'model_id', 'num_prompts') || (names(head, 'prompt') && !head!.inArray)
  )
}

const WRONG_RESULT = 'a result does not list its requests as it must'

async function* benchRows(
  input: TraceInput,
  options: ReadingOptions,
  log: RowLog,
): AsyncGenerator<readonly TraceRow[]> {
  const estimate = tokenEstimate(options, log)
  for await (const elements of jsonElements(singleFile(input, 'vllm-bench'), log, LONGEST_DOCUMENT_BYTES)) {
    for (const { place, value } of elements) {
      if (!isObject(value)) log.bad(place, 'is not a JSON object')
      else if (value.prompt !== undefined) yield promptRows(place, value, estimate, log)
      else yield byTime(unlessBad(log, place, WRONG_RESULT, () => resultRows(place, value, log)) ?? [])
    }
  }
}

/** One row, or none where it is bad. */
function promptRows(place: string, value: JsonObject, estimate: Estimate, log: RowLog): TraceRow[] {
  const outputTokens = optionalNumberIn(value, 'output_tokens')
  if (outputTokens === undefined) {
    const cure = 'give a result of vllm bench serve --save-detailed, or a data set with output_tokens'
    const kind = 'has a prompt but not how long its output is'
    log.bad(place, kind, `${kind}; ${cure}`)
    return []
  }
  const { prompt } = value
  const inputTokens = typeof prompt === 'string' ? estimate(prompt, place) : Number.NaN
  return [{ place, arrivalS: undefined, inputTokens, outputTokens }]
}

function resultRows(place: string, value: JsonObject, log: RowLog): TraceRow[] {
  const input = numbersIn(place, value, 'input_lens')
  const output = numbersIn(place, value, 'output_lens')
  if (input === undefined || output === undefined) {
    const what =
      'has only totals; requests are listed (input_lens, output_lens) by vllm bench serve --save-detailed'
    throw new UserError(`${place}: ${what}`)
  }
  const starts = numbersIn(place, value, 'start_times')
  checkLengths(place, { input_lens: input, output_lens: output, ...(starts && { start_times: starts }) })
  const errors = listIn(value, 'errors') ?? []
  return input.flatMap((inputTokens, i) => {
    const at = `${place}, request ${i + 1}`
    if (errors[i]) {
      log.leftOut(at, 'a failed request')
      return []
    }
    return [{ place: at, arrivalS: starts?.[i], inputTokens, outputTokens: output[i] }]
  })
}

/** The field's numbers, undefined where it is absent or empty. What is no number becomes NaN. */
function numbersIn(place: string, value: JsonObject, name: string): readonly number[] | undefined {
  if (value[name] === undefined || value[name] === null) return undefined
  const list = listIn(value, name)
  if (list === undefined)
    throw new UserError(`${place}: ${name} is no list; must have a number for each request`)
  return list.length > 0 ? list.map(number => (typeof number === 'number' ? number : Number.NaN)) : undefined
}

function checkLengths(place: string, lists: Readonly<Record<string, readonly number[]>>): void {
  const [[first, { length }], ...others] = Object.entries(lists)
  for (const [name, list] of others) {
    if (list.length === length) continue
    throw new UserError(`${place}: ${name} has ${list.length} numbers; must have ${length}, as ${first} has`)
  }
}
