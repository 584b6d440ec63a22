import { expect, test } from 'vitest'
import { boundedInterval, meanInterval } from '../../src/statistics/interval.ts'
import { shapeOf } from '../../src/statistics/interval-shape.ts'
import { attainmentInterval } from '../../src/statistics/proportion.ts'

test.each([
  ['even', meanInterval([1, 2, 4], 0.95)],
  ['point', meanInterval([2, 2, 2], 0.95)],
  ['point', boundedInterval(2, [2 - 1e-12, 2 + 1e-12], 3, 0.95)],
  ['lopsided', boundedInterval(0.9, [0.5, 1], 3, 0.95)],
  ['unknown', meanInterval([2], 0.95)],
  ['unknown', attainmentInterval([0.9], [100], 0.95)],
  ['unknown', meanInterval([2, Number.NaN], 0.95)],
])('an interval is %s', (shape, interval) => {
  expect(shapeOf(interval)).toBe(shape)
})
