import type { Course } from '../fleet/course.ts'
import type { ReplicaKind } from '../replicas/contract.ts'

/** What of a course says how much its replicas serve together. */
export type ReplicasOfCourse = Pick<Course, 'kinds' | 'replicas' | 'sharedDevices'>

/** Requests a second of all replicas when saturated by the workload. */
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
function together(
  { kinds, replicas, sharedDevices = [] }: ReplicasOfCourse,
  rate: (kind: ReplicaKind) => number,
): number {
  const turns = new Map(sharedDevices.flatMap(({ replicas }) => replicas.map(id => [id, replicas.length])))
  const sum = (role: ReplicaKind['role'], of: (kind: ReplicaKind) => number) =>
    replicas.reduce((total, kind, id) => {
      const isMeant = kinds[kind].role === role
      return isMeant ? total + of(kinds[kind]) / (turns.get(id) ?? 1) : total
    }, 0)
  const requests = (role: ReplicaKind['role']) => sum(role, kind => kind.saturationRequestsPerS)
  const decoding = requests('decode')
  const whole = sum(undefined, rate)
  if (decoding === 0) return whole
  return whole + sum('decode', rate) * Math.min(1, requests('prefill') / decoding)
}
