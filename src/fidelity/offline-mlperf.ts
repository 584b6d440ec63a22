import { uniformAt } from '../core/random.ts'
import { devicesOf } from '../latency/layout.ts'
import { Unusable } from '../measurements/unusable.ts'
import { quantileOf } from '../results/exact.ts'
import { kvTokensOf, type Limits, type Served, served as serve } from './served-replica.ts'
import { defaultsOf, type ServedRow } from './served-row.ts'
import type { Subject } from './subject.ts'

/**
 * Mean prompt and output lengths of the benchmarks in tokens, which results do not state; from the reference
 * implementations of mlcommons/inference (language/*, and `tokens_per_sample` of its submission checker), rounded.
 */
// By what is in the name of the workload.
const LENGTHS: Readonly<Record<string, { readonly input: number; readonly output: number }>> = {
  'mlperf-llama2-70b': { input: 294, output: 294 },
  'mlperf-llama3_1-70b': { input: 294, output: 294 },
  'mlperf-llama3.1-8b': { input: 778, output: 128 },
  'mlperf-llama3_1-8b': { input: 778, output: 128 },
  'mlperf-llama3.1-405b': { input: 9428, output: 685 },
  'mlperf-llama3_1-405b': { input: 9428, output: 685 },
  'OpenOrca+GSM8K+MBXP': { input: 400, output: 146 },
}

/** What a benchmark asks of a system. */
export interface Task {
  readonly inputTokens: number
  readonly outputTokens: number
  /** Limits of the 99th percentiles under Poisson arrivals; absent offline. */
  readonly limits?: { readonly ttftS: number; readonly tpotS: number }
}

export function isMlperf(row: ServedRow): boolean {
  return row.text('workload').startsWith('mlperf-')
}

/** Throws Unusable where lengths or limits are not known. */
export function taskOf(row: ServedRow): Task {
  const workload = row.text('workload')
  if (workload.startsWith('mlperf-gptj')) throw new Unusable('beam search is not modelled')
  const known = Object.keys(LENGTHS).find(name => workload.includes(name))
  if (known === undefined) throw new Unusable('prompt lengths are not stated')
  const stated = row.number('output_tokens_mean')
  const { input, output } = LENGTHS[known]
  const lengths = { inputTokens: input, outputTokens: stated > 0 ? Math.round(stated) : output }
  const kind = row.text('scenario').split('/')[1]?.toLowerCase()
  if (kind === 'offline') return lengths
  if (kind !== 'server' && kind !== 'interactive') throw new Unusable(`the scenario ${kind} is not predicted`)
  const [ttft, tpot] =
    /TTFT SLO ([\d.]+|nan) s, TPOT SLO ([\d.]+|nan) s/.exec(row.text('note'))?.slice(1) ?? []
  if (!(Number(ttft) > 0 && Number(tpot) > 0))
    throw new Unusable('the limits of the latencies are not stated')
  return { ...lengths, limits: { ttftS: Number(ttft), tpotS: Number(tpot) } }
}

/** Requests a second of a replica at its best: offline, or the highest rate within the limits of the task. */
export async function requestsPerS(subject: Subject, task: Task): Promise<number> {
  const { tokenBudget, maxSequences, batcher, reservesOutput } = defaultsOf(subject.engine)
  const mean = task.inputTokens + task.outputTokens
  const reservedTokens = reservesOutput ? mean : 0
  const limits = { tokenBudget: tokenBudget.value, maxSequences: maxSequences.value, batcher, reservedTokens }
  const most = await offlineRate(subject, limits, task)
  return task.limits === undefined ? most : withinLimits(subject, limits, task, task.limits, most)
}

/** Replica throughput in mid-run, when as many run as may: ends between the first and the last quarter. */
async function offlineRate(subject: Subject, limits: Limits, task: Task): Promise<number> {
  const running = Math.min(
    limits.maxSequences,
    kvTokensOf(subject, limits) / (task.inputTokens + task.outputTokens),
  )
  const requests = Math.min(MOST_OFFLINE, Math.max(64, Math.ceil(4 * running)))
  const rows = Array.from({ length: requests }, (_, i) => ({ arrivalS: 0, ...bodyOf(task, i) }))
  const ends = (await serve(subject, limits, { rows })).e2e.toSorted((a, b) => a - b)
  const [from, to] = [Math.floor(0.25 * requests), Math.floor(0.75 * requests)]
  return (to - from) / (ends[to] - ends[from])
}

const MOST_OFFLINE = 6000
const AT_RATE = 600
const ROUNDS = 6

/** By bisection between nothing and the offline rate. */
async function withinLimits(
  subject: Subject,
  limits: Limits,
  task: Task,
  wanted: NonNullable<Task['limits']>,
  most: number,
): Promise<number> {
  let low = 0
  let high = most
  for (let round = 0; round < ROUNDS; round++) {
    const rate = (low + high) / 2
    if (holds(await serve(subject, limits, { rows: poisson(task, rate) }), wanted)) low = rate
    else high = rate
  }
  return (low + high) / 2
}

function holds({ ttft, tpot }: Served, { ttftS, tpotS }: NonNullable<Task['limits']>): boolean {
  return quantileOf(ttft, 0.99) <= ttftS && quantileOf(tpot, 0.99) <= tpotS
}

function poisson(task: Task, ratePerS: number) {
  let arrivalS = 0
  return Array.from({ length: AT_RATE }, (_, i) => {
    if (i > 0) arrivalS -= Math.log(1 - uniformAt(7, i)) / ratePerS
    return { arrivalS, ...bodyOf(task, i) }
  })
}

/** Lengths spread evenly around the means, from a fifth of them up. */
function bodyOf({ inputTokens, outputTokens }: Task, index: number) {
  const around = (mean: number, key: number) =>
    Math.max(2, Math.round(mean * (0.2 + 1.6 * uniformAt(key, index))))
  return { inputTokens: around(inputTokens, 11), outputTokens: around(outputTokens, 13) }
}

/** A system's requests a second with the tensor parallelism that serves most, as submitters choose theirs. */
export async function bestOf(
  devices: number,
  subjectAt: (tp: number) => Subject,
  rateOf: (subject: Subject) => Promise<number>,
): Promise<{ readonly perS: number; readonly tp: number }> {
  let best = { perS: 0, tp: 0 }
  let refusal: unknown
  for (const tp of [1, 2, 4, 8].filter(tp => devices % tp === 0)) {
    try {
      const subject = subjectAt(tp)
      const perS = (devices / devicesOf(subject.parallelism)) * (await rateOf(subject))
      if (perS > best.perS) best = { perS, tp }
    } catch (error) {
      if (!(error instanceof Unusable)) throw error
      refusal = error
    }
  }
  if (best.perS === 0) throw refusal
  return best
}
