import { expect, it } from 'vitest'
import { readWhole, type WholeWorkload } from '../../../src/arrivals/whole.ts'
import { dealt, only } from '../../../src/planning/fleets/dealt.ts'

/** One request a second, from the tenth on. */
function workload(length: number): WholeWorkload {
  const column = () => new Int32Array(length)
  return {
    ...{ length, classes: ['all'], arrivalS: Float64Array.from({ length }, (_, row) => 10 + row) },
    ...{ inputTokens: Int32Array.from({ length }, (_, row) => 1 + row), outputTokens: column() },
    ...{ hitTokens: column(), classId: new Uint8Array(length) },
  } as WholeWorkload
}

it('rows are dealt evenly over the whole workload, and all of them where more are asked for', () => {
  const whole = workload(100)
  const rows = [...Array(100).keys()]
  const quarters = [0, 0, 0, 0]
  for (const row of dealt(whole, rows, 20)) quarters[Math.floor(row / 25)]++
  expect(quarters).toEqual([5, 5, 5, 5])
  expect([...dealt(whole, rows, 1000)]).toEqual(rows)
})

it('a workload of some rows has only those, from its beginning on', async () => {
  const { arrivalS, inputTokens } = await readWhole(only(workload(10), new Set([3, 5, 8])))
  expect([...inputTokens]).toEqual([4, 6, 9])
  expect([...arrivalS].map(at => at - arrivalS[0])).toEqual([0, 2, 5])
})
