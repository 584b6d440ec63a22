import { UserError } from '../core/errors.ts'
import type { Course } from '../fleet/course.ts'
import { saturationRequestsPerS } from '../fleet/saturation.ts'
import type { Demand } from './demand.ts'
import type { Shortage, Supply } from './fluid.ts'
import type { Group, Hopeless } from './groups.ts'
import type { Jobs } from './jobs.ts'
import { type Miss, missesOf } from './objectives.ts'
import type { Part } from './work.ts'

/** Too many requests meet their SLO nowhere: says which objective of which class, and what is possible. */
export function hopelessError(
  course: Course,
  jobs: Jobs,
  hopeless: Hopeless,
  demand: Demand,
  attainment: number,
): UserError {
  const byClass = jobs.classes.map((_, id) => hopeless.filter(job => jobs.classId[job] === id))
  const worst = byClass.reduce((most, some) => (some.length > most.length ? some : most))
  const misses = missesOf(course, jobs, worst, demand.part)
  return new UserError(
    `bound: ${worst.length} of ${demand.jobs.length} requests are of class "${jobs.classes[jobs.classId[worst[0]]]}" and ` +
      `meet their SLO on no kind of replica even alone${ofPart(demand.part)}: ${missesText(misses)}; ` +
      `${percent(attainment)} % of all must`,
  )
}

function missesText(misses: readonly Miss[]): string {
  if (misses.length === 0) return 'on each kind they miss one objective or another'
  return misses
    .map(
      ({ objective, askedS, leastS, kind }) =>
        `${objective} must be at most ${round(askedS)} s, and is ${round(leastS)} s at best, on ${kind}`,
    )
    .join('; ')
}

/** The fleet is too small: says for whom, at which load, and by how much. */
export function shortageError(
  course: Course,
  jobs: Jobs,
  groups: readonly Group[],
  { times, groups: short }: Shortage,
  { endS }: Supply,
  part: Part,
  attainment: number,
): UserError {
  const missing = jobs.classes.map((_, id) =>
    sum(short.filter(({ group }) => group.classId === id).map(({ group, share }) => share * busyS(group))),
  )
  const worst = missing.indexOf(Math.max(...missing))
  const asked = sum(groups.filter(({ classId }) => classId === worst).map(busyS))
  const first = Math.min(
    ...short.filter(({ group }) => group.classId === worst).map(({ group }) => group.window),
  )
  return new UserError(
    `bound: no policy can meet the SLO for ${percent(attainment)} % of the requests${atLoad(course, jobs)}: there would have ` +
      `to be ${round(times)} times as many replicas or more; of class "${jobs.classes[worst]}" ` +
      `${percent(missing[worst] / asked)} % of the work finds no replica in time${ofPart(part)}, some of it of requests ` +
      `that come by ${round(endS[first])} s`,
  )
}

/** Where it is least. */
function busyS({ size, seconds }: Group): number {
  return size * Math.min(...seconds)
}

/** Nothing where nobody has estimated when the fleet saturates. */
function atLoad(course: Course, { arrivalS, length }: Jobs): string {
  const load = (length - 1) / arrivalS[length - 1] / saturationRequestsPerS(course)
  return Number.isFinite(load) ? ` at load ${round(load)}` : ''
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}

function ofPart(part: Part): string {
  return part === 'whole' ? '' : ` for its ${part}`
}

function percent(share: number): number {
  return round(100 * share)
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}
