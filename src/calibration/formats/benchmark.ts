import { z } from 'zod'
import type { Lengths } from '../../arrivals/contract.ts'
import { UserError } from '../../core/errors.ts'
import type { Setup } from '../../fidelity/subject.ts'
import { dotted } from '../../scenario/document.ts'
import type { Observation } from '../contract.ts'
import { type LoggedRequest, requestLog } from '../request-log.ts'
import { evenLengths, type Pace, type Statement, servedRun } from '../served-run.ts'
import { type Metric, STATISTIC_NAMES, type Statistic } from '../statistics.ts'
import { LeftOut, type Limits, type MeasuredFile } from './contract.ts'

const numbers = z.array(z.number().nullable())

/** What the outputs of vLLM's and SGLang's serving benchmarks have in common; times of requests are in seconds. */
export const benchmarkFields = {
  /** "inf" or null where every request is sent at once, as far as concurrency allows. */
  request_rate: z
    .union([
      z.number().positive(),
      z.string().regex(/^inf(inity)?$/i, 'must be a number above 0, or inf'),
      z.null(),
    ])
    .optional(),
  max_concurrency: z.int().positive().nullish(),
  completed: z.int().positive(),
  total_input_tokens: z.number().positive(),
  total_output_tokens: z.number().positive(),
  input_lens: numbers.optional(),
  output_lens: numbers.optional(),
  ttfts: numbers.optional(),
  itls: z.array(numbers).optional(),
  errors: z.array(z.string().nullable()).optional(),
}

export type Benchmark = z.output<z.ZodObject<typeof benchmarkFields>>

/** Beyond the common fields: statistics by `<name>_<metric>_ms`. */
export type BenchmarkRun = Benchmark & Readonly<Record<string, unknown>>

/** What the two outputs write down in ways of their own. */
export interface Particulars {
  /** What the metrics are called. */
  readonly metrics: Readonly<Record<Metric, string>>
  /** Shape of the gamma law of the gaps; 1 is Poisson. */
  readonly burstiness: number
  /** When requests were sent, in seconds from any instant. */
  readonly startTimes?: readonly number[] | undefined
  /** Lengths were drawn evenly from this share of the longest to it; 1 where that is not known. */
  readonly lengthsFrom: number
  /** Tokens emitted a step, where drafts were verified. */
  readonly acceptedTokens?: number | null | undefined
}

/** JSON documents of a file: the whole, or one a line, as both benchmarks append them. */
export function documentsIn({ name, text }: MeasuredFile): { place: string; value: unknown }[] {
  const whole = parsed(text)
  if (whole !== undefined) return [{ place: name, value: whole }]
  const lines = text.split('\n').map((line, i) => ({ place: `${name}:${i + 1}`, line }))
  return lines
    .filter(({ line }) => line.trim() !== '')
    .map(({ place, line }) => ({ place, value: parsed(line) }))
}

/** Whether the first document has all the keys. */
export function hasKeys(file: MeasuredFile, keys: readonly string[]): boolean {
  if (!file.text.trimStart().startsWith('{')) return false
  const [{ value }] = documentsIn(file)
  return typeof value === 'object' && value !== null && keys.every(key => key in value)
}

/** The document as the schema has it. Throws a UserError that names what does not fit. */
export function fieldsOf<S extends z.ZodType>(schema: S, place: string, value: unknown): z.output<S> {
  if (value === undefined) throw new UserError(`${place}: is no JSON; must be one document, or one a line`)
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [{ path, message }] = result.error.issues
  throw new UserError(`${place}: ${dotted(path as string[])}: ${message}`)
}

/** Python writes NaN and Infinity, which JSON has not. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(
      text.replace(/^\uFEFF/, '').replaceAll(/([:[,]\s*)(?:-?Infinity|NaN)(?=\s*[,\]}])/g, '$1null'),
    )
  } catch {
    return undefined
  }
}

/** The run: request by request where it says when each was sent, and by its statistics otherwise. */
export function benchmarked(
  place: string,
  run: BenchmarkRun,
  particulars: Particulars,
  setup: Setup,
  limits: Limits,
): Observation {
  if ((particulars.acceptedTokens ?? 1) > 1) throw new LeftOut('with speculative decoding')
  const rate = typeof run.request_rate === 'number' ? run.request_rate : Number.POSITIVE_INFINITY
  const requests = rate < Number.POSITIVE_INFINITY ? loggedRequests(place, run, particulars) : undefined
  if (requests?.length === 0) throw new LeftOut('without a request that succeeded')
  if (requests !== undefined) return requestLog({ place, setup, limits, requests })
  if (rate < Number.POSITIVE_INFINITY && typeof run.max_concurrency === 'number') {
    throw new UserError(
      `${place}: has both a request_rate and a max_concurrency; run it again with details of every request ` +
        '(--save-detailed of vLLM), or with one of the two',
    )
  }
  const measured = statementsOf(run, particulars)
  if (measured.length === 0) throw new LeftOut('without times')
  return servedRun({
    ...{ place, setup, limits, measured },
    pace: paceOf(run, rate, particulars),
    ...bodiesOf(run, limits, particulars),
    requests: run.completed,
  })
}

function paceOf(
  { max_concurrency, completed }: Benchmark,
  ratePerS: number,
  { burstiness }: Particulars,
): Pace {
  if (ratePerS < Number.POSITIVE_INFINITY) return { ratePerS, burstiness }
  return { clients: Math.min(completed, max_concurrency ?? completed) }
}

function bodiesOf(run: Benchmark, limits: Limits, { lengthsFrom }: Particulars) {
  const input = run.total_input_tokens / run.completed
  const output = run.total_output_tokens / run.completed
  const lengths = `${Math.round(input)}/${Math.round(output)}`
  const listed = listedBodies(run)
  if (listed.length > 0) return { bodies: listed, lengths }
  const from = lengthsFrom === 1 ? limits.lengthsFrom : lengthsFrom
  const longest = 2 / (1 + from)
  return { bodies: evenLengths(input * longest, output * longest, from), lengths }
}

function listedBodies({ input_lens = [], output_lens = [] }: Benchmark): Lengths[] {
  const bodies = input_lens.map((input, i) => ({
    inputTokens: input ?? 0,
    outputTokens: output_lens[i] ?? 0,
  }))
  return bodies.filter(({ inputTokens, outputTokens }) => inputTokens >= 1 && outputTokens >= 1)
}

const NAMES = { mean: 'mean', p50: 'median', p90: 'p90', p99: 'p99' } as const satisfies Record<
  Statistic,
  string
>

function statementsOf(run: BenchmarkRun, { metrics }: Particulars): Statement[] {
  return (Object.keys(metrics) as Metric[]).flatMap(metric =>
    STATISTIC_NAMES.flatMap(statistic => {
      const milliseconds = run[`${NAMES[statistic]}_${metrics[metric]}_ms`]
      const isGiven = typeof milliseconds === 'number' && milliseconds > 0
      return isGiven ? [{ metric, statistic, seconds: milliseconds / 1000 }] : []
    }),
  )
}

/** Every request that succeeded; undefined where the file has no details. */
function loggedRequests(
  place: string,
  run: Benchmark,
  { startTimes }: Particulars,
): LoggedRequest[] | undefined {
  const { ttfts, itls, errors = [], input_lens = [], output_lens = [] } = run
  if (startTimes === undefined || ttfts === undefined || itls === undefined) return undefined
  const lengths = [ttfts, itls, input_lens, output_lens].map(list => list.length)
  if (lengths.some(length => length !== startTimes.length)) {
    throw new UserError(`${place}: start_times, ttfts, itls, input_lens and output_lens differ in length`)
  }
  const first = Math.min(...startTimes)
  const requests = startTimes.map((startS, i) => ({
    place,
    arrivalS: startS - first,
    inputTokens: input_lens[i] ?? 0,
    outputTokens: output_lens[i] ?? 0,
    hitTokens: 0,
    ttftS: ttfts[i] ?? 0,
    tpotS: itls[i].reduce<number>((sum, gap) => sum + (gap ?? 0), 0) / ((output_lens[i] ?? 0) - 1),
  }))
  return requests.filter(
    ({ inputTokens, outputTokens }, i) => (errors[i] ?? '') === '' && inputTokens >= 1 && outputTokens >= 1,
  )
}
