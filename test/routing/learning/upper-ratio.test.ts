import { expect, it } from 'vitest'
import { exponential, stream } from '../../../src/core/random.ts'
import { UpperRatio } from '../../../src/routing/learning/upper-ratio.ts'

it.each([0.5, 0.9])('comes to lie where a share of %s stays below, and moves with it', share => {
  const random = stream('ratios', String(share))
  const ratio = new UpperRatio(share)
  let below = 0
  for (let i = 0; i < 20_000; i++) {
    const realised = exponential(random, i < 10_000 ? 2 : 6)
    if (i % 10_000 >= 500 && realised <= 2 * ratio.value) below++
    ratio.learn(2, realised)
  }
  expect(below / 19_000).toBeCloseTo(share, 1)
})

it('stays 1 for a share of 0', () => {
  const ratio = new UpperRatio(0)
  for (let i = 0; i < 100; i++) ratio.learn(1, i)
  expect(ratio.value).toBe(1)
})
