import { describe, expect, it } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { acceptedChances, tokensPerStep } from '../../src/latency/acceptance.ts'
import type { Pace } from '../../src/latency/contract.ts'
import { expectedPace, tracedPace } from '../../src/latency/pace.ts'
import { sampledPace } from '../../src/latency/sampled-pace.ts'

/** Every kind, with the tokens of step `step` as they are defined: `emitted(0)` is the first step's. */
const SUBJECTS: { name: string; pace: Pace; emitted: (step: number) => number }[] = [
  ...[27_731, 10_000, 10_001, 12_500, 20_000, 33_333, 99_999].map(parts => ({
    name: `${parts / 10_000} tokens a step`,
    pace: expectedPace(parts / 10_000),
    emitted: (step: number) =>
      Number((BigInt(step + 1) * BigInt(parts)) / 10_000n - (BigInt(step) * BigInt(parts)) / 10_000n),
  })),
  ...[[0], [3], [0, 5], [2, 0, 0, 7, 1]].map(counts => ({
    name: `a trace of ${counts}`,
    pace: tracedPace(counts),
    emitted: (step: number) => 1 + counts[step % counts.length],
  })),
]

const drawn = sampledPace(5, acceptedChances(0.7, 4))
const SAMPLED = { name: 'draws', pace: drawn, emitted: (step: number) => oneStep(drawn, step) }

function oneStep(pace: Pace, step: number): number {
  return pace.tokensBy(step + 1) - pace.tokensBy(step)
}

describe.each([...SUBJECTS, SAMPLED])('a pace of $name', ({ pace, emitted }) => {
  const random = stream('pace', 'brute force')
  const steps = 25_000
  const tokensBy = [0]
  const sumBy = [0]
  for (let step = 0; step < steps; step++) {
    tokensBy.push(tokensBy[step] + emitted(step))
    sumBy.push(sumBy[step] + tokensBy[step])
  }

  it('adds up its steps one by one', () => {
    for (let step = 0; step <= steps; step++) {
      if (pace.tokensBy(step) !== tokensBy[step] || pace.sumBy(step) !== sumBy[step]) {
        expect([step, pace.tokensBy(step), pace.sumBy(step)]).toEqual([step, tokensBy[step], sumBy[step]])
      }
    }
  })

  it('knows the least step that reaches any number of tokens', () => {
    let step = 0
    for (let tokens = 0; tokens < Math.min(tokensBy[steps], 30_000); tokens++) {
      while (tokensBy[step] < tokens) step++
      if (pace.stepFor(tokens) !== step) expect([tokens, pace.stepFor(tokens)]).toEqual([tokens, step])
    }
  })

  it('emits a token at least in every step, and whole ones', () => {
    for (let step = 0; step < steps; step++) {
      const tokens = oneStep(pace, step)
      if (!(Number.isInteger(tokens) && tokens >= 1)) expect([step, tokens]).toEqual([step, 1])
    }
  })

  it('answers alike in any order of questions, far and near', () => {
    for (let question = 0; question < 2000; question++) {
      const step = below(random, steps)
      expect(pace.tokensBy(step)).toBe(tokensBy[step])
      expect(pace.stepFor(tokensBy[step])).toBe(step)
    }
  })
})

describe('an expected pace', () => {
  it('is exact far out', () => {
    const pace = expectedPace(2.7731)
    for (const step of [123_456_789, 40_000_001]) {
      expect(BigInt(pace.tokensBy(step))).toBe((BigInt(step) * 27_731n) / 10_000n)
      const tokens = pace.tokensBy(step)
      expect(pace.stepFor(tokens)).toBe(step)
      expect(pace.tokensBy(step - 1)).toBeLessThan(tokens)
    }
    const before = 40_000_000
    expect(pace.sumBy(before + 1) - pace.sumBy(before)).toBe(pace.tokensBy(before))
  })

  it('refuses less than a token a step', () => {
    expect(() => expectedPace(0.99)).toThrow('tokensPerStep 0.99')
    expect(() => expectedPace(Number.NaN)).toThrow(RangeError)
    expect(() => expectedPace(Number.POSITIVE_INFINITY)).toThrow(RangeError)
  })
})

describe('a traced pace', () => {
  it('refuses what is no count, and no counts', () => {
    expect(() => tracedPace([1, -1])).toThrow('accepted -1')
    expect(() => tracedPace([0.5])).toThrow('accepted 0.5')
    expect(() => tracedPace([])).toThrow('needs a step')
  })
})

describe('a sampled pace', () => {
  it.each([
    { chances: acceptedChances(0.7, 4), name: 'constant' },
    { chances: acceptedChances([0.9, 0.5, 0.1], 3), name: 'by position' },
  ])('accepts as often as it is told, $name', ({ chances }) => {
    const pace = sampledPace(77, chances)
    const steps = 200_000
    const atLeast = chances.map(() => 0)
    for (let step = 0; step < steps; step++) {
      for (let count = 1; count < oneStep(pace, step); count++) atLeast[count - 1]++
    }
    // Five standard deviations of a count of independent draws.
    chances.forEach((chance, i) => {
      const spread = 5 * Math.sqrt((chance * (1 - chance)) / steps)
      expect(Math.abs(atLeast[i] / steps - chance)).toBeLessThan(spread)
    })
  })

  it('draws otherwise under another key, and alike under the same', () => {
    const chances = acceptedChances(0.5, 3)
    const counts = (key: number) => {
      const pace = sampledPace(key, chances)
      return Array.from({ length: 64 }, (_, step) => oneStep(pace, step))
    }
    expect(counts(1)).not.toEqual(counts(2))
    expect(counts(1)).toEqual(counts(1))
  })

  it('starts anywhere: what comes before is drawn first', () => {
    const chances = acceptedChances(0.6, 2)
    const early = sampledPace(9, chances)
    for (let step = 0; step < 40_000; step++) early.tokensBy(step)
    expect(sampledPace(9, chances).sumBy(39_999)).toBe(early.sumBy(39_999))
    expect(sampledPace(9, chances).stepFor(60_000)).toBe(early.stepFor(60_000))
  })
})

describe('acceptance', () => {
  it('makes as many tokens a step as the geometric sum says', () => {
    for (const [alpha, draftTokens] of [
      [0.8, 5],
      [0.6, 3],
      [0, 4],
      [0.99, 16],
    ]) {
      const expected = (1 - alpha ** (draftTokens + 1)) / (1 - alpha)
      expect(tokensPerStep(acceptedChances(alpha, draftTokens))).toBeCloseTo(expected, 12)
    }
    expect(tokensPerStep(acceptedChances(1, 4))).toBe(5)
  })

  it('goes on only from position to position', () => {
    expect(acceptedChances([0.5, 0, 1], 3)).toEqual([0.5, 0, 0])
    expect(acceptedChances([0.5, 0.5], 2)).toEqual([0.5, 0.25])
  })

  it('is refused where it is no chance, or not one for each token', () => {
    expect(() => acceptedChances(1.1, 2)).toThrow('acceptance 1.1')
    expect(() => acceptedChances([0.5, -0.1], 2)).toThrow('acceptance -0.1')
    expect(() => acceptedChances([0.5], 2)).toThrow('1 acceptances for 2 draft tokens')
    expect(() => acceptedChances(0.5, 0)).toThrow('draftTokens 0')
  })
})

it('replicas draw apart, by the same law', () => {
  const pace = sampledPace(7, [0.8, 0.5])
  const [one, other] = [pace.ofReplica!(0), pace.ofReplica!(1)]
  const steps = 20_000
  expect(one.tokensBy(steps)).not.toBe(other.tokensBy(steps))
  expect(one.tokensBy(steps)).toBe(pace.ofReplica!(0).tokensBy(steps))
  for (const own of [one, other]) expect(own.tokensBy(steps) / steps).toBeCloseTo(2.3, 1)
})
