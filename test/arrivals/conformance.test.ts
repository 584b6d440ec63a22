import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { ArrivalSource } from '../../src/arrivals/contract.ts'
import { fileBytes } from '../../src/arrivals/file.ts'
import type { GapSpec } from '../../src/arrivals/gaps.ts'
import { generated } from '../../src/arrivals/generate.ts'
import type { LengthSpec } from '../../src/arrivals/lengths.ts'
import { fromMemory, fromRows } from '../../src/arrivals/memory.ts'
import { merged } from '../../src/arrivals/transforms/merge.ts'
import { scaled } from '../../src/arrivals/transforms/scale.ts'
import { azureSource, bytesOf, rowsOf, secondsTrace } from './sources.ts'

const FIXED: LengthSpec = { kind: 'fixed', tokens: 100 }
const LENGTHS: Record<LengthSpec['kind'], LengthSpec> = {
  fixed: FIXED,
  uniform: { kind: 'uniform', minTokens: 820, maxTokens: 1024 },
  lognormal: { kind: 'lognormal', medianTokens: 2, sigma: 3, minTokens: 1, maxTokens: 4096 },
  'two-lognormals': {
    kind: 'two-lognormals',
    firstShare: 0.7,
    first: { medianTokens: 90, sigma: 0.7 },
    second: { medianTokens: 410, sigma: 0.1 },
    minTokens: 1,
    maxTokens: 1000,
  },
  quantiles: {
    kind: 'quantiles',
    points: [
      [0, 1],
      [0.5, 40],
      [1, 900],
    ],
  },
  mixture: {
    kind: 'mixture',
    parts: [
      { share: 0.3, law: FIXED },
      { share: 0.7, law: { kind: 'uniform', minTokens: 820, maxTokens: 1024 } },
    ],
  },
}
const GAPS: Record<GapSpec['kind'], GapSpec> = {
  poisson: { kind: 'poisson', ratePerS: 3 },
  gamma: { kind: 'gamma', ratePerS: 3, cv: 4 },
  even: { kind: 'even', ratePerS: 3 },
  'on-off': { kind: 'on-off', onRatePerS: 20, offRatePerS: 0, onS: 2, offS: 5 },
  profile: { kind: 'profile', stepS: 10, ratesPerS: [0, 5, 1], cv: 1.5 },
  weibull: { kind: 'weibull', ratePerS: 3, shape: 0.4 },
  periodic: { kind: 'periodic', senders: 30, ratePerS: 0.1 },
  markov: {
    kind: 'markov',
    states: [
      { ratePerS: 9, stayS: 1 },
      { ratePerS: 0, stayS: 2 },
      { ratePerS: 1, stayS: 30 },
    ],
  },
  curve: {
    kind: 'curve',
    rate: { kind: 'sinusoid', ratePerS: 3, swing: 1, periodS: 60, peakS: 5 },
    gaps: { kind: 'gamma', ratePerS: 1, cv: 2 },
  },
}

function generator(gaps: GapSpec, input: LengthSpec, name: string, className = 'all'): ArrivalSource {
  return generated({ className, gaps, input, output: input, requests: 5000 }, 1, name)
}

const SOURCES: Record<string, () => ArrivalSource> = {
  ...Object.fromEntries(
    Object.values(GAPS).map(gaps => [`gaps ${gaps.kind}`, () => generator(gaps, FIXED, 'a')]),
  ),
  ...Object.fromEntries(
    Object.values(LENGTHS).map(lengths => [
      `lengths ${lengths.kind}`,
      () => generator(GAPS.poisson, lengths, 'a'),
    ]),
  ),
  'until a time': () =>
    generated({ className: 'all', gaps: GAPS.gamma, input: FIXED, output: FIXED, durationS: 500 }, 1),
  'azure in memory': () => azureSource(bytesOf(secondsTrace(5000), 1000), 'all'),
  'azure in a file': () => azureSource(fileBytes(traceFile('azure-code-like.csv')), 'code'),
  memory: () =>
    fromMemory(
      fromRows(
        Array.from({ length: 5000 }, (_, i) => ({ arrivalS: i >> 2, inputTokens: i + 1, outputTokens: 2 })),
      ),
    ),
  scaled: () => scaled(generator(GAPS.gamma, FIXED, 'a'), 3),
  'scaled file': () => scaled(azureSource(bytesOf(secondsTrace(5000)), 'all'), 0.3),
  merged: () =>
    merged([
      generator(GAPS.poisson, FIXED, 'a', 'chat'),
      azureSource(bytesOf(secondsTrace(900), 77), 'code'),
      generator(GAPS.even, FIXED, 'b', 'chat'),
    ]),
}

function traceFile(name: string): string {
  return fileURLToPath(new URL(`../../traces/${name}`, import.meta.url))
}

describe.each(Object.entries(SOURCES))('arrivals from %s', (_, make) => {
  test('begin at 0 s and never go back in time', async () => {
    const rows = await rowsOf(make())
    expect(rows.length).toBeGreaterThan(100)
    expect(rows[0][0]).toBe(0)
    expect(rows.findIndex((row, i) => i > 0 && !(row[0] >= rows[i - 1][0]))).toBe(-1)
  })

  test('have whole lengths from 1 on and classes that have a name', async () => {
    const source = make()
    for (const [arrivalS, input, output, hit, classId] of await rowsOf(source)) {
      const sizesHold = input >= 1 && output >= 1 && hit >= 0 && hit <= input
      if (!(Number.isFinite(arrivalS) && sizesHold && classId < source.classes.length)) {
        expect.fail(`${arrivalS} ${input} ${output} ${hit} ${classId}`)
      }
    }
    expect(new Set(source.classes).size).toBe(source.classes.length)
  })

  test.each([1, 7, 4095, 4096, 10_000])('are the same when read again by blocks of %i', async capacity => {
    expect(await rowsOf(make(), capacity)).toEqual(await rowsOf(make()))
  })

  test('stay over once they are over', async () => {
    const source = make()
    await rowsOf(source)
    expect(await rowsOf(source)).toEqual([])
  })

  test('may be closed at any time and more than once', async () => {
    const source = make()
    source.close()
    source.close()
    const read = make()
    await rowsOf(read)
    read.close()
    read.close()
  })
})
