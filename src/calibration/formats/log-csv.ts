import { UserError } from '../../core/errors.ts'
import type { LoggedRequest } from '../request-log.ts'
import { requestLog } from '../request-log.ts'
import type { Format } from './contract.ts'
import { hasColumns, type Line, linesOf, saidBy } from './csv.ts'

const COLUMNS = ['arrival', 'input_tokens', 'output_tokens', 'ttft']

/** One request a row, all served by one replica. */
export const logCsv: Format = {
  about:
    'CSV of a request log of one replica: arrival_s, input_tokens, output_tokens, ttft_s, tpot_s or e2e_s, prefix_hit_tokens',
  recognises: file => hasColumns(file, COLUMNS),
  read: file => {
    const lines = linesOf(file)
    if (lines.length === 0) return []
    const observe = (
      setup: Parameters<typeof requestLog>[0]['setup'],
      limits: Parameters<typeof requestLog>[0]['limits'],
    ) => requestLog({ place: `${file.name}:2`, setup, limits, requests: lines.map(logged) })
    return [{ place: lines[0].place, said: saidBy(lines[0]), observe }]
  },
}

function logged(line: Line): LoggedRequest {
  const required = (column: string, value: number, least = 0) => {
    if (value >= least) return value
    const is = Number.isNaN(value) ? 'blank' : value
    throw new UserError(
      `${line.place}: ${column} is ${is}; must be >= ${least}; leave out requests that failed`,
    )
  }
  const outputTokens = required('output_tokens', line.number('output_tokens'), 1)
  const ttftS = required('ttft_s', line.seconds('ttft'))
  const tpotS = line.seconds('tpot')
  const e2eS = line.seconds('e2e')
  const perTokenS = Number.isNaN(tpotS) ? (e2eS - ttftS) / (outputTokens - 1) : tpotS
  return {
    place: line.place,
    arrivalS: required('arrival_s', line.seconds('arrival')),
    inputTokens: required('input_tokens', line.number('input_tokens'), 1),
    outputTokens,
    hitTokens: hitsOf(line),
    ttftS,
    tpotS: outputTokens > 1 ? required('tpot_s, or e2e_s', perTokenS) : Number.NaN,
  }
}

function hitsOf(line: Line): number {
  const given = [line.number('prefix_hit_tokens'), line.number('prefix_hit_tokens_est')]
  return given.find(hits => !Number.isNaN(hits)) ?? 0
}
