import { expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { Linear } from '../../src/latency/linear.ts'
import { GapRecord } from '../../src/replicas/gap-record.ts'
import { StallRecord } from '../../src/replicas/stall-record.ts'
import { Stretch } from '../../src/replicas/stretch.ts'
import { LogBins } from '../../src/results/log-bins.ts'

/** Fine enough to tell any two histograms of so few gaps apart. */
const RANKS = Array.from({ length: 301 }, (_, i) => i / 300)

function quantiles(bins: LogBins): number[] {
  return [bins.count, ...RANKS.map(q => bins.quantile(q))]
}

test('the gaps of a stretch go to the bins that each gap would go to by itself', () => {
  const random = stream('stalls', 'test')
  for (let i = 0; i < 40; i++) {
    // Every other time in steps of 1/1024, so that gaps fall on the edges of bins.
    const unitS = i % 2 === 0 ? 2 ** -10 : 2 ** -10 * (0.5 + random())
    const stretch = new Stretch(new Linear({ stepS: unitS * 64, tokenS: 0, contextTokenS: unitS / 4 }))
    stretch.sequences = 1 + below(random, 4)
    stretch.contextTokens = below(random, 500)
    stretch.originS = 0
    stretch.price()
    const steps = 1 + below(random, 400)
    const [byCount, oneByOne] = [new LogBins(), new LogBins()]
    new StallRecord(byCount, new GapRecord()).endSteps(stretch, 1, steps)
    for (let step = 1; step <= steps; step++) oneByOne.add(stretch.gapS(step), stretch.sequences)
    expect(quantiles(byCount)).toEqual(quantiles(oneByOne))
  }
})

test('decodes kept out of steps carry the wait into their next gap, by groups', () => {
  const itl = new LogBins()
  const gaps = new GapRecord()
  const stalls = new StallRecord(itl, gaps)
  stalls.hold(10, 3, 1)
  stalls.hold(12, 3, 2)
  stalls.hold(15, 5, 3)
  // One of the first three is taken away at 18; it had joined at 4 and had its last token at 10.
  expect(stalls.lastTokenS(4, 18)).toBe(10)
  // Two waited from 10 on, two from 15 on, and one joined since: a step of 2 s ends at 20.
  const beyondS = stalls.endStep(20, 5, 2)
  expect(beyondS).toBe(2 * (10 - 2) + 2 * (5 - 2))
  const expected = new LogBins()
  for (const gapS of [10, 10, 5, 5, 2]) expected.add(gapS, 1)
  expect(quantiles(itl)).toEqual(quantiles(expected))
  expect([gaps.worstSince(1), gaps.worstSince(2), gaps.worstSince(3), gaps.worstSince(4)]).toEqual([
    10, 5, 5, 0,
  ])
  expect(stalls.lastTokenS(4, 18)).toBe(18)
})
