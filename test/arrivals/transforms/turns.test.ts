import { describe, expect, test } from 'vitest'
import { paced } from '../../../src/arrivals/transforms/sessions.ts'
import { TurnCount } from '../../../src/arrivals/transforms/turns.ts'
import { fullRows, sourceOf } from './sources.ts'

describe('counting turns', () => {
  test('takes up room by the number of sessions, not by their ids', () => {
    const before = process.memoryUsage().arrayBuffers
    const turns = new TurnCount()
    const ids = [2 ** 31 - 1, 0, 1e9]
    expect([...ids, ...ids].map(id => turns.next(id))).toEqual([1, 1, 1, 2, 2, 2])
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10e6)
  })

  test('tells thousands of sessions apart', () => {
    const turns = new TurnCount()
    const next = () => Array.from({ length: 5000 }, (_, i) => turns.next(i * 400_009))
    expect(new Set(next())).toEqual(new Set([1]))
    expect(new Set(next())).toEqual(new Set([2]))
  })

  test('numbers the turns of sessions with large ids', async () => {
    const rows = [0, 1, 2].map(arrivalS => ({ arrivalS, session: 2e9 }))
    const source = paced(sourceOf(rows), 'closed')
    expect((await fullRows(source)).map(({ turn, thinkS }) => [turn, thinkS])).toEqual([
      [1, Number.NaN],
      [2, 0],
      [3, 0],
    ])
  })
})
