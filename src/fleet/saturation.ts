import type { ReplicaKind } from '../replicas/contract.ts'
import { type Course, turnsOf } from './course.ts'

/** What of a course says how much its replicas serve together. */
export type ReplicasOfCourse = Pick<Course, 'kinds' | 'replicas' | 'sharedDevices'>

/**
 * Requests a second of all replicas when saturated by the workload: the unit of load. Nothing of it depends on the
 * policy. It leaves out what prefix caches find, links and the time to load weights; so where there are such, a fleet
 * may serve more or less than a load of 1.
 */
export function saturationRequestsPerS(course: ReplicasOfCourse): number {
  return together(course, ({ saturationRequestsPerS }) => saturationRequestsPerS)
}

/** Output tokens a second of all replicas when saturated by the workload. */
export function saturationTokensPerS(course: ReplicasOfCourse): number {
  return together(course, ({ saturationTokensPerS, role }) => (role === 'prefill' ? 0 : saturationTokensPerS))
}

/**
 * The sum of the replicas' rates. Those that take turns on the same devices each have an even part of the time; where
 * prompts are computed apart from decodes, the side that serves fewer requests decides for both.
 */
function together(course: ReplicasOfCourse, rate: (kind: ReplicaKind) => number): number {
  const { kinds, replicas } = course
  const turns = turnsOf(course)
  const sum = (role: ReplicaKind['role'], of: (kind: ReplicaKind) => number) =>
    replicas.reduce((total, kind, id) => {
      return kinds[kind].role === role ? total + of(kinds[kind]) / turns[id] : total
    }, 0)
  const requests = (role: ReplicaKind['role']) => sum(role, kind => kind.saturationRequestsPerS)
  const decoding = requests('decode')
  const whole = sum(undefined, rate)
  if (decoding === 0) return whole
  return whole + sum('decode', rate) * Math.min(1, requests('prefill') / decoding)
}
