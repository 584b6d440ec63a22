import { MODALITIES, type Modality } from '../details.ts'
import type { TraceFormat, TraceInput, TraceRow } from './contract.ts'
import { idsIn, isObject, type JsonObject, known, nameIn, numberIn, optionalNumberIn } from './fields.ts'
import { singleFile } from './input.ts'
import { jsonHead, names } from './json-head.ts'
import { jsonLines } from './json-lines.ts'
import type { RowLog } from './row-log.ts'
import { rowSource } from './rows.ts'

/** The normal form with a JSON object a line: the names of the CSV columns, `blocks` as an array. */
export const regattaJsonl: TraceFormat = {
  about: 'the normal form, JSONL: the same names, one object a line',
  timing: 'own',
  zeroOutput: 'bad',
  recognises: ({ text }) => names(jsonHead(text), 'arrival_s', 'input_tokens', 'output_tokens'),
  open: (input, options) =>
    rowSource(
      input,
      options,
      { name: 'regatta-jsonl', ...regattaJsonl },
      { order: 'window', keepsSessions: true },
      log => normalRows(input, log),
    ),
}

async function* normalRows(input: TraceInput, log: RowLog): AsyncGenerator<readonly TraceRow[]> {
  for await (const lines of jsonLines(singleFile(input, 'regatta-jsonl'), log)) {
    yield lines.flatMap(({ place, value }) => {
      if (!isObject(value)) log.bad(place, 'is not a JSON object')
      else if (isKnown(value.modality)) return rowOf(place, value)
      else log.bad(place, `modality is not ${MODALITIES.join(', ')}`)
      return []
    })
  }
}

function rowOf(place: string, value: JsonObject): TraceRow {
  return {
    place,
    arrivalS: numberIn(value, 'arrival_s'),
    inputTokens: numberIn(value, 'input_tokens'),
    outputTokens: numberIn(value, 'output_tokens'),
    ...known({
      className: nameIn(value, 'class'),
      tenant: nameIn(value, 'tenant'),
      model: nameIn(value, 'model'),
      session: optionalNumberIn(value, 'session'),
      turn: optionalNumberIn(value, 'turn'),
      turns: optionalNumberIn(value, 'turns'),
      thinkS: optionalNumberIn(value, 'think_s'),
      deadlineS: optionalNumberIn(value, 'deadline_s'),
      modality: value.modality as Modality | undefined,
      items: optionalNumberIn(value, 'items'),
      blockTokens: optionalNumberIn(value, 'block_tokens'),
      hitTokens: optionalNumberIn(value, 'hit_tokens'),
      blocks: idsIn(value, 'blocks'),
    }),
  }
}

function isKnown(modality: unknown): boolean {
  return modality === undefined || (MODALITIES as readonly unknown[]).includes(modality)
}
