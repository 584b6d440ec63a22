import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { exponential, stream } from '../../src/core/random.ts'
import type { Course } from '../../src/fleet/course.ts'
import { simulate } from '../../src/simulate.ts'
import { roomyCourse } from './roomy.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const SHORT = 100_000
const LONG = 400_000

/** Eight replicas at about two thirds of what they can do, their arrivals drawn as they are read. */
function endless(count: number): Course {
  const course = roomyCourse(8, [])
  return {
    ...course,
    sampleS: 600,
    arrivals: () => {
      const random = stream('memory', 'arrivals')
      let sent = 0
      let arrivalS = 0
      return {
        classes: ['any'],
        fill(block) {
          block.length = 0
          while (sent < count && block.length < block.capacity) {
            if (sent++ > 0) arrivalS += exponential(random, 0.02)
            block.push(
              arrivalS,
              1 + Math.floor(exponential(random, 500)),
              1 + Math.floor(exponential(random, 60)),
              0,
              0,
            )
          }
        },
        close() {},
      }
    },
  }
}

test('memory does not grow with the length of the trace (law 12)', async () => {
  const heapAt = new Map<number, number>()
  const capacityAt = new Map<number, number>()
  const ended = { count: 0 }
  const result = await simulate(
    endless(LONG),
    { name: 'power-of-two' },
    {
      onEnd: (_, requests) => {
        ended.count++
        if (ended.count === SHORT || ended.count === LONG - 4096)
          capacityAt.set(ended.count, requests.capacity)
      },
      onProgress: arrived => {
        if (Math.floor(arrived / SHORT) === Math.floor((arrived - 4096) / SHORT)) return
        collectGarbage()
        heapAt.set(
          Math.floor(arrived / SHORT),
          process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers,
        )
      },
    },
  )
  expect(result.finished).toBe(LONG)
  expect(result.isSaturated).toBe(false)
  expect(capacityAt.get(LONG - 4096)).toBe(capacityAt.get(SHORT))
  // What grows is the time series: a row in ten minutes.
  expect(heapAt.get(3)! - heapAt.get(1)!).toBeLessThan(200_000)
})
