import { expect, test } from 'vitest'
import { QueueWatch } from '../../src/fleet/queue-watch.ts'

/** Whether a queue of this length at each time grew beyond what is allowed over a window with so many arrivals. */
function grew(waiting: (timeS: number) => number, windowS: number, arrivals: number): boolean {
  const watch = new QueueWatch()
  watch.open(5)
  while (watch.nextS < 5 + windowS) watch.look(watch.nextS, waiting(watch.nextS - 5))
  watch.close()
  expect(watch.nextS).toBe(Number.POSITIVE_INFINITY)
  return watch.grewBeyond(arrivals)
}

test.each([10, 400, 12_345])('over %i s, a queue that gains a tenth of the arrivals has grown', windowS => {
  const perS = 10
  expect(grew(timeS => 0.1 * perS * timeS, windowS, perS * windowS)).toBe(true)
})

test.each([10, 400, 12_345])('over %i s, a queue that gains one in two hundred of them has not', windowS => {
  const perS = 10
  expect(grew(timeS => 0.005 * perS * timeS, windowS, perS * windowS)).toBe(false)
})

test('a long queue that does not grow is none, nor one that grew before the second half', () => {
  expect(grew(() => 1e6, 400, 4000)).toBe(false)
  expect(grew(timeS => Math.min(10 * timeS, 1990), 400, 4000)).toBe(false)
})

test('it looks a bounded number of times in any window, evenly', () => {
  for (const windowS of [1, 60, 3600, 1e6]) {
    const times: number[] = []
    grew(timeS => times.push(timeS), windowS, 1)
    expect(times.length).toBeLessThan(5000)
    const late = times.filter(timeS => timeS > windowS / 2)
    expect(late.length).toBeGreaterThan(20)
  }
})

test('too few looks say nothing', () => {
  expect(grew(timeS => 1000 * timeS, 0.1, 10)).toBe(false)
})
