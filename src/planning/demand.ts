import type { Highs } from 'highs'
import type { Course } from '../fleet/course.ts'
import { sloOf } from '../fleet/slo.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { Slo } from '../routing/contract.ts'
import { type Alone, AloneOn } from './alone.ts'
import { type Extent, extentOf } from './extent.ts'
import type { Jobs } from './jobs.ts'
import { costOf, leastPrices, type UnitPrices } from './least-price.ts'
import { lumpsOf } from './lumps.ts'
import { aloneAt, isMet, latestReplyS } from './objectives.ts'
import { leastOutputCost } from './recomputing.ts'
import { type Price, stepRows } from './step-rows.ts'
import { Steps } from './steps.ts'
import { does, NO_WORK, outputTokensOf, type Part, takes, type Work, workOf } from './work.ts'

/** A part of every request that arrives in the window, and what it takes at least where. */
export interface Demand {
  readonly part: Part
  /** The requests, by their place among the jobs. */
  readonly jobs: Int32Array
  /** When each may begin at the earliest and must have ended to meet its objectives; Infinity where that is open. */
  readonly releaseS: Float64Array
  readonly dueS: Float64Array
  /** By kind and request: busy seconds, and joules above idle at the node's wall; NaN where it cannot meet its SLO. */
  readonly seconds: readonly Float64Array[]
  readonly joules: readonly Float64Array[]
}

/** The parts by which requests are assigned: whole where every replica serves them from end to end. */
export function partsOf({ kinds }: Course): readonly Part[] {
  return kinds.some(({ role }) => role !== undefined) ? ['prompt', 'output'] : ['whole']
}

/**
 * Prices a part of the requests of the window on every kind. Throws a UserError where a kind draws less busy than idle.
 *
 * @param onProgress told the share of it that has been done, and the kind in hand
 */
export function demandOf(
  highs: Highs,
  course: Course,
  jobs: Jobs,
  part: Part,
  onProgress: (share: number, kind: string) => void = () => {},
): Demand {
  const chosen = inWindow(course, jobs)
  const due = Float64Array.from(chosen, job => dueOf(sloOf(course, jobs.classId[job]), jobs, job, part))
  const priced = course.kinds.map((kind, id) =>
    pricedOn(highs, kind, course, jobs, chosen, part, share =>
      onProgress((id + share) / course.kinds.length, kind.name),
    ),
  )
  if (part === 'output') spareShort(course, jobs, chosen, priced[0])
  return {
    part,
    jobs: chosen,
    releaseS: Float64Array.from(chosen, job => jobs.arrivalS[job]),
    dueS: due,
    seconds: priced.map(({ seconds }) => seconds),
    joules: priced.map(({ joules }) => joules),
  }
}

/** Those that are sure to arrive in the window. */
function inWindow({ warmupS }: Course, { length, arrivalS }: Jobs): Int32Array {
  return Int32Array.from(Array(length).keys()).filter(job => arrivalS[job] >= warmupS)
}

/** A last token in time comes within the E2E objective, and within those of the first token and of all gaps. */
function dueOf({ ttftS, tpotS, e2eS }: Slo, jobs: Jobs, job: number, part: Part): number {
  if (jobs.isWaiting[job] === 1) return Number.POSITIVE_INFINITY
  const first = jobs.arrivalS[job] + ttftS
  if (part === 'prompt') return first
  const gaps = jobs.outputTokens[job] - 1
  const last = gaps === 0 ? first : first + gaps * tpotS
  return Math.min(last, jobs.arrivalS[job] + (e2eS ?? Number.POSITIVE_INFINITY))
}

/** Requests that end with their first token where their prompts are computed need nobody else: they cost nothing. */
function spareShort({ kinds }: Course, jobs: Jobs, chosen: Int32Array, { seconds, joules }: Priced): void {
  const computing = kinds.filter(({ role }) => role === 'prefill')
  chosen.forEach((job, i) => {
    const isShort = computing.some(kind => takes(kind, jobs, job) && outputTokensOf(kind, jobs, job) === 1)
    if (!isShort) return
    seconds[i] = 0
    joules[i] = 0
  })
}

interface Priced {
  readonly seconds: Float64Array
  readonly joules: Float64Array
}

function pricedOn(
  highs: Highs,
  kind: ReplicaKind,
  course: Course,
  jobs: Jobs,
  chosen: Int32Array,
  part: Part,
  onProgress: (share: number) => void,
): Priced {
  const seconds = new Float64Array(chosen.length).fill(Number.NaN)
  const joules = new Float64Array(chosen.length).fill(Number.NaN)
  const extent = extentOf(kind, jobs)
  const alone = new AloneOn(kind, extent.isShort)
  const lateS = latestReplyS(course)
  const isPlaced = course.replicas.some(of => course.kinds[of] === kind)
  const able = [...chosen.keys()].filter(i => {
    const job = chosen[i]
    if (!isPlaced || !does(kind, part) || !takes(kind, jobs, job)) return false
    return isMet(sloOf(course, jobs.classId[job]), aloneAt(alone.serve(jobs, job, false), part, lateS))
  })
  if (able.length === 0) return { seconds, joules }
  const lumps = lumpsOf(kind, extent.mostComputed)
  const needOf = (job: number) => workOf(kind, jobs, job, part, lumps)
  const need = able.reduce((sum, i) => plus(sum, needOf(chosen[i])), NO_WORK)
  const prices = kindPrices(highs, kind, extent, need, lumps, onProgress)
  const isShort = part !== 'prompt' && extent.isShort
  const costAt = (unit: UnitPrices, job: number) => {
    if (!isShort) return costOf(unit, needOf(job))
    return costOf(unit, { ...needOf(job), ...NO_DECODES }) + leastOutputCost(unit, kind, jobs, job, lumps)
  }
  for (const i of able) {
    const job = chosen[i]
    const isOneByOne = kind.maxSequences === 1
    seconds[i] = isOneByOne ? busyAlone(alone.serve(jobs, job, false), part) : costAt(prices.seconds, job)
    joules[i] = costAt(prices.joules, job)
  }
  return { seconds, joules }
}

const NO_DECODES = { decodes: 0, context: 0 } as const satisfies Partial<Work>

/** Where requests run one at a time, what each takes is its own. */
function busyAlone({ promptS, outputS }: Alone, part: Part): number {
  return (part === 'output' ? 0 : promptS) + (part === 'prompt' ? 0 : outputS)
}

function kindPrices(
  highs: Highs,
  kind: ReplicaKind,
  extent: Extent,
  need: Work,
  lumps: readonly number[],
  onProgress: (share: number) => void,
): Record<'seconds' | 'joules', UnitPrices> {
  const steps = new Steps(kind)
  const by = (price: Price, before: number) =>
    leastPrices(
      highs,
      stepRows(kind, extent, steps, lumps, price, share => onProgress(before + share / 2)),
      need,
    )
  return {
    seconds: by((...step) => steps.seconds(...step), 0),
    joules: by((...step) => steps.joulesAboveIdle(...step), 0.5),
  }
}

function plus(sum: Readonly<Work>, more: Readonly<Work>): Work {
  return {
    decodes: sum.decodes + more.decodes,
    context: sum.context + more.context,
    tokens: sum.tokens + more.tokens,
    pairs: sum.pairs + more.pairs,
    beyond: more.beyond.map((of, lump) => of + (sum.beyond[lump] ?? 0)),
  }
}
