import type { Course } from '../fleet/course.ts'
import type { Alone } from './alone.ts'
import { AloneOn } from './alone.ts'
import { extentOf } from './extent.ts'
import type { Jobs } from './jobs.ts'
import { does, type Part, takes } from './work.ts'

/** Of some requests, in seconds; NaN where there are none. */
export interface Quantiles {
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
}

/**
 * What requests take at least, each by itself on the idle replica that serves it fastest, finding in caches all that
 * others may have brought. Columns are by job: NaN where nobody takes it, and TPOT where there is one token.
 */
export interface LatencyBound {
  readonly ttftS: Float64Array
  readonly tpotS: Float64Array
  readonly e2eS: Float64Array
  /** Over the requests that arrive in the window. */
  readonly ttft: Quantiles
  readonly tpot: Quantiles
  readonly e2e: Quantiles
}

export function latencyBoundOf(course: Course, jobs: Jobs): LatencyBound {
  const kinds = course.kinds.filter((_, kind) => course.replicas.includes(kind))
  const servers = kinds.map(kind => ({ kind, alone: new AloneOn(kind, extentOf(kind, jobs).isShort) }))
  const [ttftS, tpotS, e2eS] = [0, 1, 2].map(() => new Float64Array(jobs.length).fill(Number.NaN))
  for (let job = 0; job < jobs.length; job++) {
    const taking = servers.filter(({ kind }) => takes(kind, jobs, job))
    const served = taking.map(({ kind, alone }) => ({ kind, of: alone.serve(jobs, job, true) }))
    const of = (part: Part) => served.filter(({ kind }) => does(kind, part)).map(one => one.of)
    const servedBy = { whole: of('whole'), prompt: of('prompt'), output: of('output') }
    ttftS[job] = least(servedBy.prompt, firstTokenS)
    tpotS[job] = leastTpotS(servedBy)
    e2eS[job] = leastE2eS(servedBy)
  }
  const inWindow = (values: Float64Array) => values.filter((_, job) => jobs.arrivalS[job] >= course.warmupS)
  return {
    ttftS,
    tpotS,
    e2eS,
    ttft: quantilesOf(inWindow(ttftS)),
    tpot: quantilesOf(inWindow(tpotS)),
    e2e: quantilesOf(inWindow(e2eS)),
  }
}

type ServedBy = Readonly<Record<Part, readonly Alone[]>>

function firstTokenS({ wayS, promptS, replyS }: Alone): number {
  return wayS + promptS + replyS
}

/** From end to end by one; by two between which its KV travels for no time at all; or without a second token. */
function leastE2eS({ whole, prompt, output }: ServedBy): number {
  const together = least(whole, one => firstTokenS(one) + one.outputS)
  const short = prompt.filter(({ gaps }) => gaps < 1)
  const alone = least([...whole, ...short], one => firstTokenS(one) + one.outputS)
  if (prompt.length === whole.length && output.length === whole.length) return together
  const promptS = least(prompt, one => one.wayS + one.promptS)
  return smaller(alone, promptS + least(output, one => one.outputS + one.replyS))
}

/** The first token may be as late on its way back as that of any. */
function leastTpotS({ whole, prompt, output }: ServedBy): number {
  const isApart = prompt.length > whole.length || output.length > whole.length
  const lateS = isApart ? Math.max(0, ...prompt.map(({ replyS }) => replyS)) : 0
  return least(output, ({ outputS, replyS, gaps }) =>
    gaps < 1 ? Number.NaN : (outputS + Math.min(0, replyS - lateS)) / gaps,
  )
}

/** NaN where there are none, and where it is NaN of one. */
function least(all: readonly Alone[], of: (one: Alone) => number): number {
  return all.length === 0 ? Number.NaN : Math.min(...all.map(of))
}

/** The other where one is NaN. */
function smaller(a: number, b: number): number {
  if (Number.isNaN(a)) return b
  return Number.isNaN(b) ? a : Math.min(a, b)
}

function quantilesOf(values: Float64Array): Quantiles {
  const sorted = values.filter(value => !Number.isNaN(value)).sort()
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
  const sum = sorted.reduce((all, value) => all + value, 0)
  return { mean: sum / sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99) }
}
