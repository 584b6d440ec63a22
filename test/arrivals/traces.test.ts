import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { fileBytes } from '../../src/arrivals/file.ts'
import { measure } from '../../src/arrivals/measure.ts'
import { readWhole } from '../../src/arrivals/whole.ts'
import { deviation, fano, fitTable, quantile, STATISTICS, variation } from '../../traces/fit.ts'
import { TRACES } from '../../traces/generate.ts'
import { azureSource } from './sources.ts'

function pathOf(fromRoot: string): string {
  return fileURLToPath(new URL(`../../${fromRoot}`, import.meta.url))
}

describe.each(Object.entries(TRACES))('the shipped trace %s', (name, generate) => {
  const path = pathOf(`traces/${name}`)

  test('is what its script writes, byte for byte', () => {
    expect(generate() === readFileSync(path, 'utf8')).toBe(true)
  })

  test('has the statistics of the service it is shaped like', async () => {
    const trace = await readWhole(azureSource(fileBytes(path), 'all'))
    const misses = STATISTICS[name].filter(
      ({ real, of, tolerance }) => Math.abs(of(trace) - real) > tolerance * real + 1e-12,
    )
    expect(misses.map(miss => `${miss.name}: ${miss.real}, not ${miss.of(trace)}`)).toEqual([])
  })

  test('is described by the table in its README', async () => {
    const trace = await readWhole(azureSource(fileBytes(path), 'all'))
    expect(readFileSync(pathOf('traces/README.md'), 'utf8')).toContain(fitTable(STATISTICS[name], trace))
  })
})

const REAL = pathOf('../shared/data/traces/azure2023_code.csv')
const hasReal = existsSync(REAL)
if (!hasReal) console.warn('SKIPPED: the real Azure 2023 coding trace is not beside this repository')

test.skipIf(!hasReal)('the real coding trace has its published statistics', async () => {
  const summary = await measure(azureSource(fileBytes(REAL), 'code'))
  expect(summary.requests).toBe(8819)
  expect(summary.spanS).toBeCloseTo(3435.9, 1)
  expect(summary.meanRatePerS).toBeCloseTo(2.5664, 4)
  expect(summary.meanInputTokens).toBeCloseTo(2047.85, 2)
  expect(summary.meanOutputTokens).toBeCloseTo(27.88, 2)
  expect(summary.maxInputTokens).toBe(7437)
  expect(summary.maxOutputTokens).toBe(1899)
  const trace = await readWhole(azureSource(fileBytes(REAL), 'code'))
  const gapsS = Array.from(trace.arrivalS.subarray(1), (timeS, i) => timeS - trace.arrivalS[i])
  expect(variation(gapsS)).toBeCloseTo(13.1513, 4)
  expect([1, 10, 60].map(windowS => Number(fano(trace, windowS).toFixed(3)))).toEqual([
    13.186, 71.641, 163.965,
  ])
  expect([0.01, 0.25, 0.5, 0.75, 0.9, 1].map(at => Number(quantile(gapsS, at).toPrecision(3)))).toEqual([
    2.22e-5, 0.00208, 0.0638, 0.104, 0.273, 217,
  ])
  expect(deviation(Array.from(trace.inputTokens))).toBeCloseTo(1973.77, 2)
  expect(deviation(Array.from(trace.outputTokens))).toBeCloseTo(59.86, 2)
  const shares = [0.01, 0.05, 0.25, 0.5, 0.75]
  expect(shares.map(at => quantile(Array.from(trace.inputTokens), at))).toEqual([17, 75, 578, 1469, 2744.5])
  expect(shares.map(at => quantile(Array.from(trace.outputTokens), at))).toEqual([6, 6, 9, 13, 24])
})

test.skipIf(!hasReal)(
  'the first half of the real conversation trace has its published statistics',
  async () => {
    const path = pathOf('../shared/data/traces/azure2023_conv_first_half.csv')
    const trace = await readWhole(azureSource(fileBytes(path), 'conversation'))
    expect(trace.length).toBe(9739)
    expect(trace.arrivalS[9738]).toBeCloseTo(1750.8, 1)
    expect([1, 10, 60].map(windowS => Number(fano(trace, windowS).toFixed(3)))).toEqual([
      1.306, 3.052, 12.491,
    ])
  },
)

test.skipIf(!hasReal)('no shipped trace repeats a real arrival time or run of lengths', async () => {
  const real = await readWhole(azureSource(fileBytes(REAL), 'code'))
  const ours = await readWhole(azureSource(fileBytes(pathOf('traces/azure-code-like.csv')), 'code'))
  const runs = (trace: typeof real) =>
    Array.from({ length: trace.length - 3 }, (_, i) => trace.inputTokens.subarray(i, i + 4).join())
  const known = new Set(runs(real))
  expect(runs(ours).filter(run => known.has(run)).length).toBeLessThan(3)
})
