import { describe, expect, test } from 'vitest'
import { below, type Random, stream } from '../../src/core/random.ts'
import type { Course } from '../../src/fleet/course.ts'
import { policyNamed } from '../../src/routing/registry.ts'
import type { PolicyChoice } from '../../src/simulate.ts'
import { type ArrivalRow, type Flavour, randomCourse } from './courses.ts'
import { type DetailedRow, detailedSource } from './detailed.ts'
import { type FastRow, runFast } from './fast.ts'
import { scenarioOf } from './features.ts'
import { type NaiveRow, runNaive } from './naive.ts'
import { seeds } from './seeds.ts'
import { blindPolicies, choiceOf, priced, rowsOf, viewsOf, watched, withRows } from './watched.ts'

const FLAVOURS: readonly Flavour[] = ['continuous', 'dyadic']

/** All that the policy is told at each decision, with its answer last. */
async function decisionsOf(course: Course, choice: PolicyChoice): Promise<number[][]> {
  const decisions: number[][] = []
  await runFast(
    course,
    watched(choice, (request, cluster, replica) => {
      decisions.push([...viewsOf(cluster, request), replica])
    }),
  )
  return decisions
}

/** The workload with other outputs for whatever has tokens to come after `timeS`; none ends by then. */
function otherwise(rows: readonly ArrivalRow[], found: readonly NaiveRow[], timeS: number, random: Random) {
  return rows.map((row, i) => {
    if (found[i].endS <= timeS) return row
    const emitted = found[i].tokenS.filter(tokenS => tokenS <= timeS).length
    return { ...row, outputTokens: emitted + 1 + below(random, 2 * row.outputTokens) }
  })
}

describe.each(FLAVOURS)('%s times', flavour => {
  test.each(blindPolicies)('%s knows nothing of tokens to come, nor does its view (law 10)', async name => {
    let changed = 0
    for (const seed of seeds(12)) {
      const course = priced(randomCourse(`${name} ${seed}`, flavour))
      const choice = choiceOf(name, course)
      const decisions = await decisionsOf(course, choice)
      const { requests } = await runNaive(
        course,
        ({ ordinal }) => decisions[ordinal][decisions[ordinal].length - 1],
      )
      const random = stream(seed, 'no-future')
      // An instant of the run: with exact times, one at which a request arrives.
      const timeS = decisions[below(random, decisions.length)][0] * (flavour === 'dyadic' ? 1 : 1 + random())
      const other = withRows(course, otherwise(await rowsOf(course), requests, timeS, random))
      const otherDecisions = await decisionsOf(other, choice)
      const known = decisions.filter(([nowS]) => nowS <= timeS)
      expect(otherDecisions.slice(0, known.length), `seed ${seed}`).toEqual(known)
      if (String(otherDecisions) !== String(decisions)) changed++
    }
    expect(changed).toBeGreaterThan(0)
  })
})

/** What policies can go by only where a workload says it, or where many requests have ended before. */
const LEARNING = ['predicted-latency', 'melange-assign']
const noted = blindPolicies.filter(name => {
  const { readsNotes, actsOn } = policyNamed(name)
  return readsNotes || actsOn || LEARNING.includes(name)
})
/** So many times the requests of a random course, one time after the other. */
const TIMES = 5

/** A course whose requests are of sessions and tenants, have deadlines and share prefixes, which caches keep. */
async function notedCourse(seed: number, flavour: Flavour) {
  const { course, rows } = await scenarioOf(seed, flavour, ['prefix cache'])
  const spanS = rows[rows.length - 1].arrivalS + 1
  const told = Array.from({ length: TIMES }, (_, time) =>
    rows.map((row, i) => ({
      ...row,
      arrivalS: row.arrivalS + time * spanS,
      session: { id: i % 7, turn: 1 + time * rows.length + i, turns: 0 },
      tenantId: (i % 4) - 1,
      ...(i % 3 === 0 && { deadlineS: 64 }),
    })),
  ).flat()
  const names = { classes: course.arrivals().classes, tenants: ['a', 'b', 'c'] }
  const of = (others: readonly DetailedRow[]) =>
    priced({ ...course, arrivals: () => detailedSource(others, names) })
  return { told, of }
}

/** Longer outputs for whatever runs by then, others for what is not admitted. */
function prolonged(rows: readonly DetailedRow[], found: readonly FastRow[], timeS: number, random: Random) {
  return rows.map((row, i) => {
    const { endS, admittedS } = found[i]
    if (endS <= timeS) return row
    const least = admittedS <= timeS ? row.outputTokens : 0
    return { ...row, outputTokens: least + 1 + below(random, 20) }
  })
}

describe.each(FLAVOURS)('%s times', flavour => {
  test.each(noted)('%s knows nothing of tokens to come where there is much to go by', async name => {
    let changed = 0
    for (const seed of seeds(3)) {
      const { told, of } = await notedCourse(seed, flavour)
      const choice = choiceOf(name, of(told))
      const decisions = await decisionsOf(of(told), choice)
      const { rows: found } = await runFast(of(told), choice)
      const timeS = decisions[Math.floor(0.8 * decisions.length)][0]
      const others = prolonged(told, found, timeS, stream(seed, 'no-future'))
      const otherDecisions = await decisionsOf(of(others), choice)
      const known = decisions.filter(([nowS]) => nowS <= timeS)
      expect(otherDecisions.slice(0, known.length), `seed ${seed}`).toEqual(known)
      if (String(otherDecisions) !== String(decisions)) changed++
    }
    expect(changed).toBeGreaterThan(0)
  })
})
