import { expect, test } from 'vitest'
import type { Course } from '../../src/fleet/course.ts'
import type { PolicyChoice } from '../../src/simulate.ts'
import { type Flavour, randomCourse } from './courses.ts'
import { runFast } from './fast.ts'
import { seeds } from './seeds.ts'
import { blindPolicies, choiceOf, priced, rowsOf, watched, withClients } from './watched.ts'

const NAMES = [...blindPolicies, 'oracle-least-expected-latency']
const FLAVOURS: readonly Flavour[] = ['continuous', 'dyadic']

/** The requests of a run as the table holds them at their end, by client where there is one, in order of arrival. */
async function served(course: Course, choice: PolicyChoice): Promise<number[][]> {
  const requests: number[][] = []
  await runFast(course, choice, {
    onEnd: (id, table) => {
      const { ordinal, client, arrivalS, inputTokens, outputTokens, classId, hitTokens } = table
      const body = [inputTokens[id], outputTokens[id], classId[id], hitTokens[id]]
      requests.push([client[id], client[id] < 0 ? ordinal[id] : arrivalS[id], arrivalS[id], ...body])
    },
  })
  return requests.sort(([a, aOrder], [b, bOrder]) => a - b || aOrder - bOrder)
}

test.each(FLAVOURS)('all policies see the same open-loop arrivals, %s times (law 11)', async flavour => {
  for (const seed of seeds(8)) {
    const course = priced(randomCourse(seed, flavour))
    const asked = (await rowsOf(course)).map(
      ({ arrivalS, inputTokens, outputTokens, hitTokens, classId }, i) => {
        return [-1, i, arrivalS, inputTokens, outputTokens, classId, hitTokens]
      },
    )
    for (const name of NAMES) {
      const shown: number[][] = []
      const choice = watched(choiceOf(name, course), ({ arrivalS, inputTokens }, { nowS }) => {
        shown.push([arrivalS, inputTokens, nowS])
      })
      expect(await served(course, choice), name).toEqual(asked)
      expect(shown, name).toEqual(asked.map(row => [row[2], row[3], row[2]]))
    }
  }
})

test.each(FLAVOURS)(
  'all policies see the same bodies per client and turn, %s times (law 11)',
  async flavour => {
    for (const seed of seeds(8)) {
      const random = priced(randomCourse(seed, flavour))
      const course = withClients(random, seed)
      for (const name of NAMES) {
        const requests = await served(course, choiceOf(name, course))
        const turns = new Map<number, number>()
        for (const [client, , , inputTokens, outputTokens] of requests.filter(([it]) => it >= 0)) {
          const turn = turns.get(client) ?? 0
          turns.set(client, turn + 1)
          expect({ inputTokens, outputTokens }, name).toEqual(course.closedLoop!.lengths(client, turn))
        }
        expect([...turns.values()].reduce((sum, count) => sum + count, 0)).toBe(60)
      }
    }
  },
)
