import { describe, expect, test } from 'vitest'
import { below, type Random, stream } from '../../src/core/random.ts'
import type { Course } from '../../src/fleet/course.ts'
import type { PolicyChoice } from '../../src/simulate.ts'
import { type ArrivalRow, type Flavour, randomCourse } from './courses.ts'
import { runFast } from './fast.ts'
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
