import type { Course, Handoff } from '../../fleet/course.ts'
import { byModel } from '../../fleet/groups.ts'
import { type PolicyEntry, policyNamed } from '../../routing/registry.ts'
import type { PolicyChoice } from '../../simulate.ts'

/** Who routes in a course: requests that come, and where they are handed over, requests to be decoded. */
export interface Routers {
  readonly entry: PolicyEntry
  readonly decode: PolicyEntry | undefined
}

export function routersOf(course: Course, choice: PolicyChoice): Routers {
  const decode = course.handoff && decodePolicy(course.handoff, choice)
  return { entry: entryOf(choice), decode: decode && entryOf(decode) }
}

/** The course with others in their places, under the same names and so with the same chance. */
export function routedBy(
  course: Course,
  choice: PolicyChoice,
  { entry, decode }: Routers,
): readonly [Course, PolicyChoice] {
  const { handoff } = course
  if (handoff === undefined || decode === undefined) return [course, { ...choice, entry }]
  const policy = { ...decodePolicy(handoff, choice), entry: decode }
  return [
    { ...course, handoff: { ...handoff, policy } },
    { ...choice, entry },
  ]
}

/** By group of the replicas that requests come to, in the order in which their policies are made: their ids. */
export function entryGroups({ kinds, replicas, models = [''] }: Course): readonly (readonly number[])[] {
  const all = replicas.map((kind, id) => ({ id, kind: kinds[kind] }))
  return byModel(all, models.length)
    .map(({ entry }) => entry.map(({ id }) => id))
    .filter(ids => ids.length > 0)
}

function decodePolicy({ policy }: Handoff, { name, options = {}, entry }: PolicyChoice) {
  return policy ?? { name, options, ...(entry && { entry }) }
}

function entryOf({ name, entry }: PolicyChoice): PolicyEntry {
  return entry ?? policyNamed(name)
}
