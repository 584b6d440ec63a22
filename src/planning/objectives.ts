import type { Course } from '../fleet/course.ts'
import { sloOf } from '../fleet/slo.ts'
import type { Slo } from '../routing/contract.ts'
import { type Alone, AloneOn } from './alone.ts'
import { extentOf } from './extent.ts'
import type { Jobs } from './jobs.ts'
import { does, type Part, takes } from './work.ts'

/** Seconds, by objective. */
type Latencies = Readonly<Record<Objective, number>>

type Objective = 'TTFT' | 'TPOT' | 'E2E'

/** What is asked, rounding aside. */
const TOLERANCE = 1 + 1e-9

/** The longest way back of a token. */
export function latestReplyS({ kinds }: Course): number {
  return Math.max(...kinds.map(({ outside }) => outside?.replyS ?? 0))
}

/** What the part takes at least on an idle replica; 0 of what it does not decide. */
export function aloneAt(
  { wayS, promptS, outputS, replyS, gaps }: Alone,
  part: Part,
  lateS: number,
): Latencies {
  const firstS = wayS + promptS + replyS
  // Of those handed over, the first token may have been long on its way back.
  const betweenS = part === 'output' ? outputS - lateS : outputS
  return {
    TTFT: part === 'output' ? 0 : firstS,
    TPOT: part === 'prompt' || gaps < 1 ? 0 : betweenS / gaps,
    E2E: part === 'whole' ? firstS + outputS : 0,
  }
}

export function isMet(slo: Slo, latencies: Latencies): boolean {
  return OBJECTIVES.every(objective => latencies[objective] <= askedOf(slo, objective) * TOLERANCE)
}

const OBJECTIVES = ['TTFT', 'TPOT', 'E2E'] as const satisfies readonly Objective[]

function askedOf({ ttftS, tpotS, e2eS = Number.POSITIVE_INFINITY }: Slo, objective: Objective): number {
  return { TTFT: ttftS, TPOT: tpotS, E2E: e2eS }[objective]
}

/** An objective that no kind of replica meets for some requests, and who comes nearest to it. */
export interface Miss {
  readonly objective: Objective
  readonly askedS: number
  /** The least of all the requests and kinds. */
  readonly leastS: number
  readonly kind: string
}

/**
 * The objectives that each of the requests, all of one class, misses on every kind: none where each is met by some kind,
 * and all by none.
 *
 * @param some places among the jobs
 */
export function missesOf(course: Course, jobs: Jobs, some: readonly number[], part: Part): readonly Miss[] {
  const slo = sloOf(course, jobs.classId[some[0]])
  const lateS = latestReplyS(course)
  const kinds = course.kinds.filter((kind, id) => course.replicas.includes(id) && does(kind, part))
  const served = kinds.flatMap(kind => {
    const alone = new AloneOn(kind, extentOf(kind, jobs).isShort)
    const taken = some.filter(job => takes(kind, jobs, job))
    return taken.map(job => ({
      kind: kind.name,
      latencies: aloneAt(alone.serve(jobs, job, false), part, lateS),
    }))
  })
  if (served.length === 0) return []
  return OBJECTIVES.flatMap(objective => {
    const askedS = askedOf(slo, objective)
    const best = served.reduce((a, b) => (b.latencies[objective] < a.latencies[objective] ? b : a))
    const leastS = best.latencies[objective]
    return leastS > askedS * TOLERANCE ? [{ objective, askedS, leastS, kind: best.kind }] : []
  })
}
