import { describe, expect, test } from 'vitest'
import { type GapSpec, gapDraws } from '../../../src/arrivals/gaps.ts'
import { logGamma, weibullDraws } from '../../../src/arrivals/generators/weibull.ts'
import { cvOf, distance, draws, farthest, meanOf } from '../laws.ts'

const COUNT = 40_000
/** As good as an exact distribution for the distance to it. */
const EXACT = 1e12

function gapsOf(spec: GapSpec, count = COUNT, seed = 1): Float64Array {
  return draws(count, gapDraws(spec, seed, 'test'))
}

/** How many arrivals come in each window of a length. */
function countsOf(spec: GapSpec, windowS: number, windows: number, seed = 1): Float64Array {
  const counts = new Float64Array(windows)
  const gap = gapDraws(spec, seed, 'test')
  for (let nowS = gap(); nowS < windowS * windows; nowS += gap()) counts[Math.floor(nowS / windowS)]++
  return counts
}

function fano(counts: Float64Array): number {
  const cv = cvOf(counts)
  return cv * cv * meanOf(counts)
}

describe('Weibull gaps', () => {
  test.each([0.371, 0.402, 0.7, 1, 2.5])('of shape %d have the law of their quantiles', shape => {
    const scale = 0.25 / Math.exp(logGamma(1 + 1 / shape))
    const exact = Float64Array.from(
      { length: COUNT },
      (_, i) => scale * (-Math.log(1 - (i + 0.5) / COUNT)) ** (1 / shape),
    )
    const gaps = gapsOf({ kind: 'weibull', ratePerS: 4, shape })
    expect(distance(gaps, exact)).toBeLessThan(farthest(COUNT, EXACT))
    expect(Math.min(...gaps)).toBeGreaterThan(0)
  })

  test('follow the quantile function to 2e-4 at every share', () => {
    for (const shape of [0.4, 1, 3]) {
      const shares = [2 ** -33, 1e-6, 0.001, 0.0157, 0.1, 0.5001, 0.97, 0.98438, 0.999999]
      for (const share of shares) {
        const [gap] = gapsAt(share, shape)
        const exact = (-Math.log(1 - share)) ** (1 / shape) / Math.exp(logGamma(1 + 1 / shape))
        expect(Math.abs(gap / exact - 1)).toBeLessThan(2e-4)
      }
    }
  })

  test.each([
    [0.402, 3.1],
    [0.371, 3.6],
    [0.5, Math.sqrt(5)],
  ])('of shape %d have CV %d and the mean asked for', (shape, cv) => {
    const gaps = gapsOf({ kind: 'weibull', ratePerS: 10, shape }, 1_000_000)
    expect(Math.abs(meanOf(gaps) / 0.1 - 1)).toBeLessThan((5 * cv) / 1000)
    expect(Math.abs(cvOf(gaps) / cv - 1)).toBeLessThan(0.05)
  })
})

/** A draw at a share, which is what the stream gives and half a step. */
function gapsAt(share: number, shape: number): [number] {
  return [weibullDraws(() => share - 2 ** -33, 1, shape)()]
}

test.each([
  [1, 0],
  [2, 0],
  [5, Math.log(24)],
  [0.5, Math.log(Math.sqrt(Math.PI))],
  [21, Math.log(2432902008176640000)],
])('the logarithm of the gamma function at %d is %d', (x, expected) => {
  expect(Math.abs(logGamma(x) - expected)).toBeLessThan(1e-12 * Math.max(1, expected))
})

describe('a Markov-modulated process', () => {
  /** Fischer and Meier-Hellstern 1993: variance of the count in t over its mean, two states. */
  function fanoOf(
    [r1, r2]: readonly [number, number],
    [s1, s2]: readonly [number, number],
    t: number,
  ): number {
    const q = 1 / s1 + 1 / s2
    const [p1, p2] = [s1 / (s1 + s2), s2 / (s1 + s2)]
    const mean = p1 * r1 + p2 * r2
    return 1 + ((2 * p1 * p2 * (r1 - r2) ** 2) / (mean * q)) * (1 - (1 - Math.exp(-q * t)) / (q * t))
  }

  test.each([0.5, 4, 20])('of two states has the Fano factor of theory in windows of %d s', windowS => {
    const states = [
      { ratePerS: 30, stayS: 2 },
      { ratePerS: 3, stayS: 5 },
    ]
    const counts = countsOf({ kind: 'markov', states }, windowS, 40_000)
    expect(meanOf(counts) / windowS / (75 / 7) - 1).toBeCloseTo(0, 1)
    expect(Math.abs(fano(counts) / fanoOf([30, 3], [2, 5], windowS) - 1)).toBeLessThan(0.06)
  })

  test('of two states is an on-off process, bit for bit', () => {
    const onOff = gapsOf({ kind: 'on-off', onRatePerS: 20, offRatePerS: 0.5, onS: 3, offS: 8 })
    const states = [
      { ratePerS: 20, stayS: 3 },
      { ratePerS: 0.5, stayS: 8 },
    ]
    expect(gapsOf({ kind: 'markov', states })).toEqual(onOff)
  })

  test('of several states is in each as long as its stays are', () => {
    const states = [
      { ratePerS: 0, stayS: 1 },
      { ratePerS: 10, stayS: 2 },
      { ratePerS: 40, stayS: 0.5 },
      { ratePerS: 2, stayS: 4 },
    ]
    const counts = countsOf({ kind: 'markov', states }, 10, 20_000)
    expect(Math.abs(meanOf(counts) / 10 / ((20 + 20 + 8) / 7.5) - 1)).toBeLessThan(0.02)
  })

  test('of equal states is one Poisson process', () => {
    const states = [1, 2, 3].map(stayS => ({ ratePerS: 8, stayS: stayS / 10 }))
    const exact = Float64Array.from({ length: COUNT }, (_, i) => -Math.log(1 - (i + 0.5) / COUNT) / 8)
    expect(distance(gapsOf({ kind: 'markov', states }), exact)).toBeLessThan(farthest(COUNT, EXACT))
  })
})

describe('a rate curve', () => {
  const hourly = Array.from({ length: 24 }, (_, hour) => (hour % 5) / 2)
  const unit = { kind: 'poisson', ratePerS: 1 } as const

  test.each([
    unit,
    { kind: 'gamma', ratePerS: 1, cv: 2 },
    { kind: 'weibull', ratePerS: 1, shape: 0.5 },
  ] as const)('of hours has the rate of every hour, with %j', gaps => {
    const days = 50
    const spec: GapSpec = { kind: 'curve', rate: { kind: 'steps', stepS: 3600, ratesPerS: hourly }, gaps }
    const counts = countsOf(spec, 3600, 24 * days)
    const cv = gaps.kind === 'poisson' ? 1 : gaps.kind === 'gamma' ? 2 : Math.sqrt(5)
    for (const [hour, rate] of hourly.entries()) {
      const got = counts.filter((_, i) => i % 24 === hour).reduce((sum, count) => sum + count, 0)
      const expected = rate * 3600 * days
      expect(Math.abs(got - expected)).toBeLessThanOrEqual(5 * cv * Math.sqrt(expected) + 5 * cv * cv)
    }
  })

  test('that is a sinusoid has its rate everywhere', () => {
    const spec: GapSpec = {
      kind: 'curve',
      rate: { kind: 'sinusoid', ratePerS: 20, swing: 0.8, periodS: 100, peakS: 30 },
      gaps: unit,
    }
    const periods = 400
    const counts = countsOf(spec, 5, 20 * periods)
    for (let part = 0; part < 20; part++) {
      const got = counts.filter((_, i) => i % 20 === part).reduce((sum, count) => sum + count, 0)
      const [from, to] = [part, part + 1].map(at => (2 * Math.PI * (5 * at - 30)) / 100)
      const expected = 20 * periods * (5 + (0.8 * 100 * (Math.sin(to) - Math.sin(from))) / (2 * Math.PI))
      expect(Math.abs(got - expected)).toBeLessThan(5 * Math.sqrt(expected))
    }
  })

  test('with even gaps puts arrivals where the integral of the rate is whole', () => {
    const rate = {
      kind: 'flash-crowd',
      ratePerS: 2,
      height: 5,
      startS: 10,
      riseS: 4,
      holdS: 3,
      decayS: 8,
    } as const
    const gap = gapDraws({ kind: 'curve', rate, gaps: { kind: 'even', ratePerS: 1 } }, 1, 'test')
    const integral = (t: number) => {
      const rise = Math.min(4, Math.max(0, t - 10))
      const hold = Math.min(3, Math.max(0, t - 14))
      const decay = Math.min(8, Math.max(0, t - 17))
      return (
        2 * Math.min(t, 10) +
        2 * rise +
        rise * rise +
        10 * hold +
        10 * decay -
        (decay * decay) / 2 +
        2 * Math.max(0, t - 25)
      )
    }
    let nowS = 0
    for (let arrival = 1; arrival < 300; arrival++) {
      nowS += gap()
      expect(Math.abs(integral(nowS) - arrival)).toBeLessThan(1e-9)
    }
  })

  test('of a crowd that comes at once needs no rise', () => {
    const rate = {
      kind: 'flash-crowd',
      ratePerS: 2,
      height: 10,
      startS: 0,
      riseS: 0,
      holdS: 100,
      decayS: 0,
    } as const
    const counts = countsOf({ kind: 'curve', rate, gaps: unit }, 100, 3)
    expect(Math.abs(counts[0] - 2000)).toBeLessThan(5 * Math.sqrt(2000))
    expect(Math.abs(counts[1] + counts[2] - 400)).toBeLessThan(5 * Math.sqrt(400))
  })
})

test('periodic senders each send every period', () => {
  const gap = gapDraws({ kind: 'periodic', senders: 7, ratePerS: 10 }, 1, 'test')
  const times = [0]
  while (times.length < 7000) times.push(times[times.length - 1] + gap())
  for (let i = 7; i < 7000; i++) expect(times[i] - times[i - 7]).toBeCloseTo(0.1, 9)
  expect(new Set(times.slice(0, 7).map(timeS => timeS.toFixed(6))).size).toBe(7)
})

describe('a mistake is told with value and bound', () => {
  test.each<[GapSpec, string]>([
    [{ kind: 'weibull', ratePerS: 1, shape: 0 }, 'shape is 0; must be from 0.05 to 100'],
    [{ kind: 'markov', states: [{ ratePerS: 1, stayS: 1 }] }, 'states has 1; must have at least 2'],
    [
      {
        kind: 'markov',
        states: [
          { ratePerS: 0, stayS: 1 },
          { ratePerS: 0, stayS: 1 },
        ],
      },
      'no state has a rate above 0; one must',
    ],
    [{ kind: 'periodic', senders: 0, ratePerS: 1 }, 'senders is 0; must be from 1 to 1000000'],
    [
      {
        kind: 'curve',
        rate: { kind: 'sinusoid', ratePerS: 1, swing: 1.5, periodS: 1, peakS: 0 },
        gaps: { kind: 'poisson', ratePerS: 1 },
      },
      'swing is 1.5; must be from 0 to 1',
    ],
  ])('%j', (spec, message) => {
    expect(() => gapDraws(spec, 1, 'test')).toThrow(message)
  })
})
