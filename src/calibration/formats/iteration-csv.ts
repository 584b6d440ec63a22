import { UserError } from '../../core/errors.ts'
import { MOST_SEQUENCES, MOST_TOKENS } from '../../fidelity/subject.ts'
import type { Observation } from '../contract.ts'
import { stepTime } from '../step-time.ts'
import { type Format, LeftOut } from './contract.ts'
import { checkSingle, hasColumns, type Line, linesOf, needed, neededCount, saidBy } from './csv.ts'

const COLUMNS = ['phase', 'batch_size', 'time']

/** One engine step a row: a prefill of whole prompts, or a decode. */
export const iterationCsv: Format = {
  about:
    'CSV of step times: phase (prefill or decode), batch_size, prefill_tokens (of the step), context_tokens_per_seq, time_s',
  recognises: file => hasColumns(file, COLUMNS),
  read: file =>
    linesOf(file).map(line => ({
      place: line.place,
      said: saidBy(line),
      observe: setup => observed(line, setup),
    })),
}

function observed(line: Line, setup: Observation['setup']): Observation {
  checkSingle(line)
  if (!['', 'full_model'].includes(line.text('scope'))) throw new LeftOut('of a part of the model')
  const seconds = line.seconds('time')
  if (Number.isNaN(seconds)) throw new LeftOut('without time_s')
  const phase = line.text('phase')
  if (phase === 'decode') {
    const sequences = neededCount(line, 'batch_size', MOST_SEQUENCES)
    const contextTokens = sequences * needed(line, 'context_tokens_per_seq')
    return stepTime({ place: line.place, setup, seconds, phase, sequences, tokens: contextTokens })
  }
  if (phase === 'prefill') {
    const tokens = neededCount(line, 'prefill_tokens', MOST_TOKENS)
    const sequences = neededCount(line, 'batch_size', tokens)
    return stepTime({ place: line.place, setup, seconds, phase, sequences, tokens })
  }
  throw new UserError(`${line.place}: phase is "${phase}"; must be prefill or decode`)
}
