import { expect, test } from 'vitest'
import type { Course } from '../../src/fleet/course.ts'
import { jobsOf } from '../../src/planning/jobs.ts'
import { courseOf } from '../laws/courses.ts'
import { type DetailedRow, detailedSource } from '../laws/detailed.ts'
import { server } from './server.ts'

const SLO = { ttftS: 5, tpotS: 1 }

function courseWith(rows: readonly DetailedRow[]): Course {
  const caching = server({ prefixCache: { bytesPerToken: 1 } })
  const arrivals = () => detailedSource(rows, { classes: ['any'] })
  return courseOf([caching], [], { arrivals, slo: SLO })
}

function request(
  arrivalS: number,
  blockIds: readonly number[],
  session?: DetailedRow['session'],
): DetailedRow {
  const inputTokens = 10 * blockIds.length + 5
  return { arrivalS, inputTokens, outputTokens: 1, blockTokens: 10, blockIds, ...(session && { session }) }
}

test('leading blocks that somebody brought before are spared, and no others', async () => {
  const rows = [request(0, [1, 2, 3]), request(100, [1, 2, 4]), request(200, [9, 2])]
  expect([...(await jobsOf(courseWith(rows))).reusableTokens]).toEqual([0, 20, 0])
})

test('so are those that somebody brings before the first token is due', async () => {
  const rows = [request(0, [1]), request(4, [1]), request(100, [2]), request(106, [2])]
  const jobs = await jobsOf(courseWith(rows))
  expect([...jobs.reusableTokens]).toEqual([10, 10, 0, 10])
  expect([...jobs.reusableLateTokens]).toEqual([10, 10, 10, 10])
})

test('later turns of a session, sent when it has ended, spare it nothing', async () => {
  const turn = (number: number, thinkS?: number) =>
    ({ id: 7, turn: number, turns: 3, ...(thinkS !== undefined && { thinkS }) }) as const
  const rows = [
    request(0, [1, 2], turn(1)),
    request(0, [1, 2, 3], turn(2, 1)),
    request(0, [1, 2, 3, 4], turn(3, 1)),
  ]
  const jobs = await jobsOf(courseWith(rows))
  expect([...jobs.reusableTokens]).toEqual([0, 20, 30])
  expect([...jobs.reusableLateTokens]).toEqual([0, 20, 30])
  expect([...jobs.isWaiting]).toEqual([0, 1, 1])
})

test('turns that do not wait for the one before may overtake it', async () => {
  const turn = (number: number) => ({ id: 7, turn: number, turns: 2 })
  const rows = [request(0, [1, 2], turn(1)), request(1, [1, 2], turn(2))]
  expect([...(await jobsOf(courseWith(rows))).reusableTokens]).toEqual([20, 20])
})

test('blocks that fill no entry of the caches are not kept: of those prompts the hits given count', async () => {
  const rows = [{ ...request(0, [1]), hitTokens: 7 }, request(100, [1, 2])]
  const course = { ...courseWith(rows), prefixEntryTokens: 20 }
  expect([...(await jobsOf(course)).reusableTokens]).toEqual([-1, 10])
})
