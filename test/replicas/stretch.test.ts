import { describe, expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { Linear } from '../../src/latency/linear.ts'
import { expectedPace } from '../../src/latency/pace.ts'
import { sampledPace } from '../../src/latency/sampled-pace.ts'
import { Stretch } from '../../src/replicas/stretch.ts'

/** Stretches of random batches and origins, their constants exact in one flavour so that times fall on boundaries. */
function* stretches(isDyadic: boolean) {
  const random = stream('stretch', String(isDyadic))
  const amount = (unit: number) => unit * (isDyadic ? 1 + below(random, 4) : 0.5 + random())
  for (let i = 0; i < 60; i++) {
    const latency = new Linear({
      stepS: amount(2 ** -5),
      tokenS: amount(2 ** -12),
      contextTokenS: i % 2 === 0 ? 0 : amount(2 ** -16),
    })
    const stretch = new Stretch(latency, undefined)
    stretch.sequences = 1 + below(random, 50)
    stretch.contextTokens = stretch.sequences * below(random, 3000)
    stretch.originS = [0, amount(1024), amount(2 ** 22)][i % 3]
    stretch.price()
    const limit = 1 + below(random, i % 5 === 0 ? 3 : 2000)
    yield { stretch, latency, limit, random }
  }
}

describe.each([true, false])('the boundaries of a stretch (exact times: %s)', isDyadic => {
  test('lie where the latency model says, to the last bit', () => {
    for (const { stretch, latency, limit } of stretches(isDyadic)) {
      for (let step = 0; step <= limit; step++) {
        expect(stretch.boundaryS(step)).toBe(stretch.originS + latency.decodeSeconds(stretch, step))
      }
      expect(stretch.gapS(limit)).toBe(latency.gapSeconds(stretch, limit))
    }
  })

  test('are found from any time: the first at or after it, the last that is done by it', () => {
    for (const { stretch, limit, random } of stretches(isDyadic)) {
      const boundaries = Array.from({ length: limit + 1 }, (_, step) => stretch.boundaryS(step))
      const times = Array.from({ length: 20 }, () => {
        const step = below(random, limit)
        const next = boundaries[step + 1]
        const within = boundaries[step] + random() * (next - boundaries[step])
        return [next, within, next * (1 - 2 ** -52), boundaries[step] * (1 + 2 ** -52)]
      }).flat()
      for (const timeS of times.filter(it => it > boundaries[0] && it <= boundaries[limit])) {
        const first = boundaries.findIndex((boundaryS, step) => step > 0 && boundaryS >= timeS)
        expect(stretch.boundaryAtOrAfter(timeS, limit)).toBe(first)
        expect(stretch.stepsDoneBy(timeS, limit)).toBe(boundaries[first] === timeS ? first : first - 1)
      }
      expect(stretch.boundaryAtOrAfter(boundaries[limit] + 1e9, limit)).toBe(limit)
    }
  })
})

describe.each([
  ['expected', expectedPace(2.35)],
  ['sampled', sampledPace(7, [0.8, 0.5, 0.3])],
])('under a pace, %s', (_, pace) => {
  const latency = new Linear({ stepS: 0.02, tokenS: 0.001, contextTokenS: 1e-6 })

  test('tokens are those of the pace, from whatever step on', () => {
    const stretch = new Stretch(latency, pace)
    stretch.join(100)
    let emitted = 0
    for (const steps of [3, 1, 50, 400]) {
      stretch.price()
      const tokens = Array.from({ length: steps + 1 }, (_, step) => stretch.tokensIn(0, step))
      for (let step = 1; step <= steps; step++) {
        const ofSteps = pace.tokensBy(stretch.originStep + step) - pace.tokensBy(stretch.originStep)
        expect(tokens[step]).toBe(ofSteps)
        expect(stretch.tokensOver(step)).toBe(tokens.slice(0, step).reduce((sum, own) => sum + own + 1, 0))
        // The step by which so many are out, and the steps in which no more than so many are.
        expect(stretch.stepAfter(tokens[step])).toBe(stretch.originStep + step)
        expect(stretch.stepsWithin(tokens[step], steps)).toBe(step)
        expect(stretch.stepsWithin(tokens[step] - 1, steps)).toBe(step - 1)
      }
      stretch.advance(steps, stretch.secondsOf(steps))
      emitted += tokens[steps]
      expect([stretch.originTokens, stretch.contextTokens]).toEqual([emitted, 100 + emitted])
    }
  })
})
