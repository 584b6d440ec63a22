import { describe, expect, it } from 'vitest'
import { normal, stream } from '../../../src/core/random.ts'
import { LeastSquares } from '../../../src/routing/learning/least-squares.ts'

/** A constant, a number of tokens, and whatever the third shall be. */
function sample(random: () => number, third: number): Float64Array {
  return Float64Array.of(1, 1000 * random(), third)
}

describe('a model by least squares', () => {
  it('finds the law behind noisy samples', () => {
    const random = stream('law', 'samples')
    const model = new LeastSquares(3, 1000)
    for (let i = 0; i < 4000; i++) {
      const values = sample(random, Math.floor(10 * random()))
      model.learn(values, 0, 0.3 + 0.002 * values[1] + 0.05 * values[2] + 0.01 * normal(random), 1)
    }
    expect(model.predict(Float64Array.of(1, 500, 4), 0)).toBeCloseTo(1.5, 2)
    expect(model.predict(Float64Array.of(1, 0, 0), 0)).toBeCloseTo(0.3, 2)
    expect(model.predict(Float64Array.of(9, 9, 1, 1000, 0), 2)).toBeCloseTo(2.3, 2)
  })

  it('forgets a law that holds no longer, the sooner the shorter its memory', () => {
    const [short, long] = [50, 5000].map(memory => {
      const random = stream('change', 'samples')
      const model = new LeastSquares(3, memory)
      for (let i = 0; i < 2000; i++) {
        const values = sample(random, random())
        model.learn(values, 0, (i < 1600 ? 1 : 3) * values[1], 1)
      }
      return model.predict(Float64Array.of(1, 100, 0), 0)
    })
    expect(short).toBeCloseTo(300, 0)
    expect(long).toBeLessThan(250)
  })

  it('stays finite and right while a feature has never varied, or not for long, and counts it once it does', () => {
    const random = stream('unseen', 'samples')
    const model = new LeastSquares(3, 100)
    const run = (samples: number, third: () => number) => {
      for (let i = 0; i < samples; i++) {
        const values = sample(random, third())
        model.learn(values, 0, 5 + values[1] + 7 * values[2], 1)
      }
      return model.predict(Float64Array.of(1, 100, 0), 0)
    }
    expect(run(200_000, () => 0)).toBeCloseTo(105, 0)
    expect(model.predict(Float64Array.of(1, 100, 1), 0)).toBeCloseTo(105, 0)
    run(2000, random)
    expect(model.predict(Float64Array.of(1, 100, 1), 0)).toBeCloseTo(112, 0)
    expect(run(200_000, () => 0)).toBeCloseTo(105, 0)
  })

  it('follows heavier samples more', () => {
    const model = new LeastSquares(1, 1000)
    for (let i = 0; i < 1600; i++) model.learn(Float64Array.of(1), 0, i % 2, i % 2 === 0 ? 1 : 3)
    expect(model.predict(Float64Array.of(1), 0)).toBeCloseTo(0.75, 2)
  })
})
