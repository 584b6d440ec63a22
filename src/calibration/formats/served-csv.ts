import type { Setup } from '../../fidelity/subject.ts'
import type { Observation } from '../contract.ts'
import { evenLengths, type Pace, servedRun } from '../served-run.ts'
import { METRICS, STATISTIC_NAMES } from '../statistics.ts'
import { type Format, LeftOut, type Limits } from './contract.ts'
import { checkSingle, hasColumns, headerOf, type Line, linesOf, needed, saidBy } from './csv.ts'

const COLUMNS = ['input_tokens_mean', 'output_tokens_mean']

/** One served run a row. */
export const servedCsv: Format = {
  about:
    'CSV of served runs: concurrency (or offered_qps), input_tokens_mean, output_tokens_mean, ttft_mean_s, tpot_mean_s, n_requests',
  recognises: file => hasColumns(file, COLUMNS) && PACES.some(column => headerOf(file).includes(column)),
  read: file =>
    linesOf(file).map(line => ({
      place: line.place,
      said: saidBy(line),
      observe: (setup, limits) => observed(line, setup, limits),
    })),
}

const PACES = ['concurrency', 'offered_qps']
/** Beginnings of `quality` that do not speak against a row. */
const GOOD = ['', 'ok', 'vendor-published']

function observed(line: Line, setup: Setup, limits: Limits): Observation {
  checkSingle(line)
  const [quality] = line.text('quality').split(/[ :(]/)
  if (!GOOD.includes(quality)) throw new LeftOut(`of quality ${quality}`)
  if (line.text('scenario').includes('disagg')) throw new LeftOut('of disaggregated prefill and decode')
  const measured = METRICS.flatMap(metric =>
    STATISTIC_NAMES.map(statistic => ({
      metric,
      statistic,
      seconds: line.seconds(`${metric}_${statistic}`),
    })),
  ).filter(({ seconds }) => !Number.isNaN(seconds))
  if (measured.length === 0) throw new LeftOut('without ttft, tpot or e2e')
  const input = needed(line, 'input_tokens_mean')
  const output = needed(line, 'output_tokens_mean')
  return servedRun({
    place: line.place,
    setup,
    limits,
    pace: paceOf(line),
    bodies: evenLengths(input, output, limits.lengthsFrom),
    lengths: `${input}/${output}`,
    requests: line.number('n_requests'),
    measured,
  })
}

function paceOf(line: Line): Pace {
  const clients = line.number('concurrency')
  if (clients >= 1) return { clients: Math.round(clients) }
  const ratePerS = line.number('offered_qps')
  if (ratePerS > 0) return { ratePerS, burstiness: 1 }
  throw new LeftOut('without concurrency or offered_qps')
}
