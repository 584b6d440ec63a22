import type { ReplicaKind } from '../replicas/contract.ts'
import { type Course, turnsOf } from './course.ts'

/** What of a course says how much its replicas serve together. */
export type ReplicasOfCourse = Pick<Course, 'kinds' | 'replicas' | 'sharedDevices' | 'modelShares'>

type Rate = (kind: ReplicaKind) => number

/**
 * Requests a second of all replicas when saturated by the workload: the unit of load. Of several models the one whose
 * replicas have the most to do for what they can decides. Nothing of it depends on the policy. It leaves out what
 * prefix caches find, links and the time to load weights; so where there are such, a fleet may serve more or less than
 * a load of 1.
 */
export function saturationRequestsPerS(course: ReplicasOfCourse): number {
  const shares = course.modelShares ?? [1]
  const rates = shares.map((share, model) => together(course, requestsPerS, model) / share)
  return Math.min(...rates)
}

/** Output tokens a second of all replicas when the fleet is saturated by the workload. */
export function saturationTokensPerS(course: ReplicasOfCourse): number {
  const shares = course.modelShares ?? [1]
  const all = saturationRequestsPerS(course)
  return shares.reduce((sum, share, model) => {
    const busy = (all * share) / together(course, requestsPerS, model)
    return share === 0 ? sum : sum + busy * together(course, tokensPerS, model)
  }, 0)
}

const requestsPerS: Rate = ({ saturationRequestsPerS }) => saturationRequestsPerS
const tokensPerS: Rate = ({ saturationTokensPerS, role }) => (role === 'prefill' ? 0 : saturationTokensPerS)

/**
 * The sum of the rates of a model's replicas. Those that take turns on the same devices each have an even part of the
 * time; where prompts are computed apart from decodes, the side that serves fewer requests decides for both.
 */
function together(course: ReplicasOfCourse, rate: Rate, model: number): number {
  const { kinds, replicas } = course
  const turns = turnsOf(course)
  const sum = (role: ReplicaKind['role'], of: Rate) =>
    replicas.reduce((total, number, id) => {
      const kind = kinds[number]
      const isMeant = kind.role === role && (kind.modelId ?? 0) === model
      return isMeant ? total + of(kind) / turns[id] : total
    }, 0)
  const decoding = sum('decode', requestsPerS)
  const whole = sum(undefined, rate)
  if (decoding === 0) return whole
  return whole + sum('decode', rate) * Math.min(1, sum('prefill', requestsPerS) / decoding)
}
