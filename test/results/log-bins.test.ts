import { expect, test } from 'vitest'
import { exponential, normal, type Random, stream } from '../../src/core/random.ts'
import { LogBins } from '../../src/results/log-bins.ts'

const SMOOTH: Record<string, (random: Random) => number> = {
  exponential: random => exponential(random, 0.3),
  uniform: random => 1 + random(),
  lognormal: random => Math.exp(2 * normal(random)),
  'in microseconds': random => exponential(random, 2e-6),
  'in months': random => 1e6 * (1 + exponential(random, 3)),
}

/** Fills no bin evenly. */
const CLUMPED: Record<string, (random: Random) => number> = {
  'in two narrow bands': random => (random() < 0.5 ? 0.01 + 0.001 * random() : 10 + random()),
  'all alike': () => 1,
  'of a few sizes': random => 1.3 ** Math.floor(5 * random()),
}

/** The greatest error of some quantiles of 50,001 draws, relative. */
function worstError(name: string, draw: (random: Random) => number): number {
  const random = stream(name, 'log-bins')
  const values = Float64Array.from({ length: 50_001 }, () => draw(random))
  const bins = new LogBins()
  for (const value of values) bins.add(value, 1)
  values.sort()
  expect(bins.count).toBe(50_001)
  const errors = [0.01, 0.1, 0.25, 0.4, 0.75, 0.9, 0.99].map(q => {
    const exact = values[Math.round(q * 50_000)]
    return Math.abs(bins.quantile(q) - exact) / exact
  })
  return Math.max(...errors)
}

test.each(Object.entries(SMOOTH))(
  'quantiles of %s values are within 0.4 %% of the exact ones',
  (name, draw) => {
    expect(worstError(name, draw)).toBeLessThan(0.004)
  },
)

test.each(Object.entries(CLUMPED))(
  'quantiles of values %s are within a bin of the exact ones',
  (name, draw) => {
    expect(worstError(name, draw)).toBeLessThan(0.0079)
  },
)

test('adding by count is adding again and again', () => {
  const [byCount, oneByOne] = [new LogBins(), new LogBins()]
  for (const [value, count] of [[0.5, 3] as const, [7, 10] as const, [1e-3, 2] as const]) {
    byCount.addToBin(byCount.bin(value), count)
    for (let i = 0; i < count; i++) oneByOne.add(value, 1)
  }
  for (const q of [0, 0.2, 0.5, 1]) expect(byCount.quantile(q)).toBe(oneByOne.quantile(q))
  expect(byCount.count).toBe(15)
})

test('a value lies below the upper edge of its bin, and the edge does not', () => {
  const bins = new LogBins()
  for (let value = 1e-6; value < 1e6; value *= 1.0137) {
    const bin = bins.bin(value)
    expect(bins.upperEdge(bin)).toBeGreaterThan(value)
    expect(bins.upperEdge(bin)).toBeLessThan(value * 1.0079)
    expect(bins.bin(bins.upperEdge(bin))).toBe(bin + 1)
  }
})

test('what lies beyond the bins goes to the first and the last; nothing has no quantile', () => {
  const bins = new LogBins()
  expect(bins.quantile(0.5)).toBeNaN()
  bins.add(0, 1)
  bins.add(-3, 1)
  bins.add(1e-300, 1)
  expect(bins.quantile(0.5)).toBe(0)
  bins.add(1e300, 7)
  expect(bins.quantile(1)).toBeGreaterThan(5e8)
  bins.clear()
  expect(bins.count).toBe(0)
  expect(bins.quantile(0.5)).toBeNaN()
})
