import { describe, expect, test } from 'vitest'
import { type Flavour, inSessions, randomCourse } from './courses.ts'
import { isLong, recorded, replaying, runFast } from './fast.ts'
import { runNaive } from './naive.ts'

const SEEDS = Array.from({ length: isLong ? 1000 : 80 }, (_, seed) => seed)
const FLAVOURS: readonly Flavour[] = ['continuous', 'dyadic']

const POLICIES = ['power-of-two', 'least-expected-latency', 'round-robin', 'least-tokens', 'energy-greedy']

describe.each(FLAVOURS)('%s times', flavour => {
  test('coalesced equals stepped, bit for bit (law 4)', async () => {
    for (const seed of SEEDS) {
      const course = randomCourse(seed, flavour)
      const name = POLICIES[seed % POLICIES.length]
      const fast = await runFast(course, { name })
      const stepped = await runFast(course, { name }, { stepByStep: true })
      expect(stepped.rows, `seed ${seed}`).toStrictEqual(fast.rows)
      expect(withoutEvents(stepped.result), `seed ${seed}`).toStrictEqual(withoutEvents(fast.result))
    }
  })

  test('so it is where turns of sessions wait for one another', async () => {
    for (const seed of SEEDS.slice(0, SEEDS.length / 2)) {
      const random = randomCourse(seed, flavour)
      const course = { ...random, arrivals: () => inSessions(random.arrivals()) }
      const name = POLICIES[seed % POLICIES.length]
      const fast = await runFast(course, { name })
      const stepped = await runFast(course, { name }, { stepByStep: true })
      expect(stepped.rows, `seed ${seed}`).toStrictEqual(fast.rows)
      expect(withoutEvents(stepped.result), `seed ${seed}`).toStrictEqual(withoutEvents(fast.result))
    }
  })

  test('a naive stepper makes the same decisions and agrees on every time, joule and gram (law 4b)', async () => {
    for (const seed of SEEDS) {
      const course = randomCourse(seed, flavour)
      const decisions: number[] = []
      const fast = await runFast(course, recorded(POLICIES[seed % POLICIES.length], decisions))
      const naive = await runNaive(course, ({ ordinal }) => decisions[ordinal])
      naive.requests.forEach((row, ordinal) => {
        const { tokenS: _, ...facts } = row
        expectClose(fast.rows[ordinal], facts, `seed ${seed}, request ${ordinal}`)
      })
      naive.replicas.forEach((totals, i) => {
        const { steps, preemptions, lifeBusyS, lifeBusyJ, lifeBusyG } = fast.result.replicas[i]
        const actual = {
          steps,
          preemptions,
          busyS: lifeBusyS,
          busyJ: lifeBusyJ / course.pue,
          grams: lifeBusyG,
        }
        expectClose(actual, totals, `seed ${seed}, replica ${i}`)
      })
    }
  })
})

test('replaying the decisions of a run repeats the run', async () => {
  const course = randomCourse(7, 'continuous')
  const decisions: number[] = []
  const first = await runFast(course, recorded('power-of-two', decisions))
  const second = await runFast(course, replaying(decisions))
  expect(second.rows).toStrictEqual(first.rows)
})

function withoutEvents(result: object): object {
  const { events: _, replicas, ...rest } = result as { events: number; replicas: { events: number }[] }
  return { ...rest, replicas: replicas.map(({ events: __, ...replica }) => replica) }
}

/** Equal to 1e-9 relative; NaN equals NaN; whole numbers must be equal. */
function expectClose(actual: object, expected: object, place: string): void {
  for (const [name, value] of Object.entries(expected) as [string, number][]) {
    const found = (actual as Record<string, number>)[name]
    const scale = Math.max(1e-9, Math.abs(value))
    const isSame = Object.is(found, value) || Math.abs(found - value) <= 1e-9 * scale
    if (!isSame) expect.fail(`${place}: ${name} is ${found}, step by naive step ${value}`)
  }
}
