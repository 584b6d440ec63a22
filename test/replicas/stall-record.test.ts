import { expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { Linear } from '../../src/latency/linear.ts'
import { GapRecord } from '../../src/replicas/gap-record.ts'
import { StallRecord } from '../../src/replicas/stall-record.ts'
import { Stretch } from '../../src/replicas/stretch.ts'
import { RequestTable } from '../../src/requests/table.ts'
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
    const latency = new Linear({ stepS: unitS * 64, tokenS: 0, contextTokenS: unitS / 4 })
    const stretch = new Stretch(latency, undefined)
    stretch.sequences = 1 + below(random, 4)
    stretch.contextTokens = below(random, 500)
    stretch.originS = 0
    stretch.price()
    const steps = 1 + below(random, 400)
    const [byCount, oneByOne] = [new LogBins(), new LogBins()]
    new StallRecord(byCount, new GapRecord(), new RequestTable()).endSteps(stretch, 1, steps)
    for (let step = 1; step <= steps; step++) oneByOne.add(stretch.gapS(step), stretch.sequences)
    expect(quantiles(byCount)).toEqual(quantiles(oneByOne))
  }
})

test('decodes kept out of steps carry the wait into their next gap, by groups', () => {
  const itl = new LogBins()
  const gaps = new GapRecord()
  const requests = new RequestTable()
  const stalls = new StallRecord(itl, gaps, requests)
  const [early, late] = [decodeSince(requests, 4), decodeSince(requests, 4)]
  stalls.hold(10, 3, 1)
  stalls.hold(12, 3, 2)
  stalls.hold(15, 5, 3)
  // One of the first three is taken away at 18; it had joined at 4 and had its last token at 10.
  stalls.interrupt(early, 18)
  expect(requests.lastTokenS[early]).toBe(10)
  // Two waited from 10 on, two from 15 on, and one joined since: a step of 2 s ends at 20.
  const beyondS = stalls.endStep(20, 5, 2)
  expect(beyondS).toBe(2 * (10 - 2) + 2 * (5 - 2))
  const expected = new LogBins()
  for (const gapS of [10, 10, 5, 5, 2]) expected.add(gapS, 1)
  expect(quantiles(itl)).toEqual(quantiles(expected))
  expect([gaps.worstSince(1), gaps.worstSince(2), gaps.worstSince(3), gaps.worstSince(4)]).toEqual([
    10, 5, 5, 0,
  ])
  stalls.interrupt(late, 22)
  expect(requests.lastTokenS[late]).toBe(22)
})

test('a decode that comes late carries its own wait into its next gap, and no other', () => {
  const itl = new LogBins()
  const gaps = new GapRecord()
  const requests = new RequestTable()
  const stalls = new StallRecord(itl, gaps, requests)
  // Two had their last tokens at 3 and at 6, elsewhere; they join two others, and the step ends at 11.
  const [first, second] = [decodeSince(requests, 3), decodeSince(requests, 6)]
  stalls.joinLate(first)
  stalls.joinLate(second)
  expect(stalls.endStep(11, 4, 2)).toBe(8 - 2 + (5 - 2))
  expect(stalls.endStep(13, 4, 2)).toBe(0)
  const expected = new LogBins()
  for (const gapS of [8, 5, 2, 2, 2, 2, 2, 2]) expected.add(gapS, 1)
  expect(quantiles(itl)).toEqual(quantiles(expected))
  expect([requests.worstItlS[first], requests.worstItlS[second]]).toEqual([8, 5])
  expect([requests.lastTokenS[first], requests.lastTokenS[second]]).toEqual([11, 11])
  // What they waited is theirs alone.
  expect(gaps.worstSince(0)).toBe(0)
})

test('a decode that is preempted before its first token here has its last one where it had it', () => {
  const itl = new LogBins()
  const requests = new RequestTable()
  const stalls = new StallRecord(itl, new GapRecord(), requests)
  const request = decodeSince(requests, 3)
  stalls.joinLate(request)
  stalls.hold(8, 3, 1)
  stalls.interrupt(request, 10)
  expect(requests.lastTokenS[request]).toBe(3)
  expect(stalls.resume(request, 14)).toBe(11)
  // The two others waited from 8 on.
  expect(stalls.endStep(15, 2, 1)).toBe(2 * (7 - 1))
  expect(itl.count).toBe(3)
})

/** A decode that joined, or had its last token elsewhere, at `timeS`. */
function decodeSince(requests: RequestTable, timeS: number): number {
  const request = requests.take()
  requests.lastTokenS[request] = timeS
  return request
}
