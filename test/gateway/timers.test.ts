import { expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { HEDGE, RETRY, TIME_OUT, Timers } from '../../src/gateway/timers.ts'

test('timers ring in order of time, of equal ones as they were set', () => {
  const random = stream('timers', 'times')
  const timers = new Timers(() => true)
  const open: { timeS: number; attempt: number }[] = []
  let attempt = 0
  for (let round = 0; round < 2000; round++) {
    if (open.length === 0 || random() < 0.6) {
      const timeS = below(random, 20)
      timers.set(timeS, 100 + attempt, attempt, [RETRY, TIME_OUT, HEDGE][attempt % 3] as typeof RETRY)
      open.push({ timeS, attempt: attempt++ })
      continue
    }
    const next = open.reduce((a, b) => (b.timeS < a.timeS ? b : a))
    expect([timers.nextS, timers.attempt, timers.request]).toEqual([
      next.timeS,
      next.attempt,
      100 + next.attempt,
    ])
    expect(timers.purpose).toBe([RETRY, TIME_OUT, HEDGE][next.attempt % 3])
    timers.take()
    open.splice(open.indexOf(next), 1)
  }
})

test('none is set at first', () => expect(new Timers(() => true).nextS).toBe(Number.POSITIVE_INFINITY))

test('those that are good for nothing any more are let go before room is made for more', () => {
  const live = new Set<number>()
  const timers = new Timers((_, attempt) => live.has(attempt))
  for (let attempt = 0; attempt < 100_000; attempt++) {
    live.add(attempt)
    timers.set(attempt + 1e6, attempt % 50, attempt, TIME_OUT)
    live.delete(attempt - 20)
  }
  expect(timers.length).toBeLessThan(200)
  expect(timers.attempt).toBeLessThanOrEqual(100_000 - 21)
})
