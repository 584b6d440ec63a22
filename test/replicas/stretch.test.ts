import { describe, expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { Linear } from '../../src/latency/linear.ts'
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
    const stretch = new Stretch(latency)
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
