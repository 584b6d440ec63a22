import { describe, expect, it } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import type { DecodeBatch } from '../../src/latency/contract.ts'
import { Eager, eagerOperators } from '../../src/latency/eager.ts'
import { Fixed } from '../../src/latency/fixed.ts'
import { Operators } from '../../src/latency/operators.ts'
import { H100, OPERATORS } from './cases.ts'
import { naiveEagerSeconds } from './naive-operators.ts'
import { mixedStep, NO_DECODES, relativeError, someBatch, someChunks, within } from './steps.ts'

const sets = Object.entries(OPERATORS).map(([name, options]) => ({ name, options }))

describe.each(sets)('operators launched one by one of $name', ({ options }) => {
  const model = eagerOperators(options)

  it('take the root of the squares of host and device time', () => {
    for (let trial = 0; trial < 30; trial++) {
      const batch = within(model.window, someBatch())
      const seconds = model.gapSeconds(batch, 1)
      expect(relativeError(seconds, naiveEagerSeconds(options, batch, []))).toBeLessThan(1e-12)
      const chunks = someChunks()
      for (const decodes of [batch, within(model.window, NO_DECODES)]) {
        const stepS = model.stepSeconds(mixedStep(decodes, chunks))
        expect(relativeError(stepS, naiveEagerSeconds(options, decodes, chunks))).toBeLessThan(1e-12)
      }
    }
  })

  it('sum up as a plain running sum does, to the bit, whoever else is asked about in between', () => {
    const random = stream('eager', 'interleaved')
    const batches = Array.from({ length: 200 }, () => within(model.window, someBatch()))
    const longest = 700
    const sums = batches.map(batch => runningSums(model, batch, longest))
    for (let question = 0; question < 3000; question++) {
      const index = below(random, batches.length)
      const steps = below(random, longest + 1)
      expect(model.decodeSeconds(batches[index], steps)).toBe(sums[index][steps])
    }
  })
})

describe('a host beside its devices', () => {
  const options = OPERATORS['llama-8b on one h100']

  it('is never waited for less long than either takes, nor longer than both', () => {
    const eager = eagerOperators(options)
    const hostS = H100.stepS + options.model.layers * H100.layerS
    const device = new Operators({ ...options, constants: { ...H100, stepS: 0, layerS: 0 } })
    for (let trial = 0; trial < 100; trial++) {
      const batch = someBatch()
      const [seconds, deviceS] = [eager.gapSeconds(batch, 1), device.gapSeconds(batch, 1)]
      expect(seconds).toBeGreaterThanOrEqual(Math.max(hostS, deviceS))
      expect(seconds).toBeLessThanOrEqual(hostS + deviceS)
    }
  })

  it('makes 5 of 3 and 4', () => {
    const eager = new Eager(new Fixed({ stepS: 4 }), [3])
    expect(eager.gapSeconds({ sequences: 1, contextTokens: 9 }, 1)).toBe(5)
    expect(eager.decodeSeconds({ sequences: 1, contextTokens: 9 }, 7)).toBe(35)
  })

  it('tells batches apart by sequences and by context', () => {
    const eager = eagerOperators(options)
    const alike = [4096, 4160].flatMap(contextTokens =>
      [1, 65, 129].map(sequences => ({ sequences, contextTokens })),
    )
    const sums = alike.map(batch => runningSums(eagerOperators(options), batch, 20))
    for (const steps of [3, 20, 1]) {
      for (const [i, batch] of alike.entries()) expect(eager.decodeSeconds(batch, steps)).toBe(sums[i][steps])
    }
  })

  it('keeps the sums of stretches of any length', () => {
    const eager = new Eager(new Fixed({ stepS: 4 }), [3])
    const batch = { sequences: 3, contextTokens: 100 }
    for (const steps of [255, 256, 257, 100_000, 12])
      expect(eager.decodeSeconds(batch, steps)).toBe(5 * steps)
  })

  it('of a pipeline is met once for each micro-batch, and for every layer once', () => {
    const { parallelism } = options
    // Seconds beside which the devices' milliseconds are nothing.
    const constants = { ...H100, stepS: 1e4, layerS: 100 }
    const eager = eagerOperators({ ...options, parallelism: { ...parallelism, pp: 3 }, constants })
    const hostS = (members: number) => eager.gapSeconds({ sequences: members, contextTokens: members }, 1)
    const expected = [1e4, 2e4, 3e4, 3e4, 3e4].map(stepsS => stepsS + 3200)
    expect([1, 2, 3, 4, 100].map(members => Math.round(hostS(members)))).toEqual(expected)
    const chunks = [{ tokens: 64, cachedTokens: 0 }]
    expect(Math.round(eager.stepSeconds(mixedStep(NO_DECODES, chunks)))).toBe(13_200)
    const beside = mixedStep({ sequences: 1, contextTokens: 9 }, chunks)
    expect(Math.round(eager.stepSeconds(beside))).toBe(23_200)
  })

  it('is refused where it takes no time, which is no eager engine', () => {
    const constants = { ...H100, stepS: 0, layerS: 0 }
    expect(() => eagerOperators({ ...options, constants })).toThrow('hostS 0')
  })
})

function runningSums(model: Eager, batch: DecodeBatch, steps: number): number[] {
  const sums = [0]
  for (let step = 1; step <= steps; step++) sums.push(sums[step - 1] + model.gapSeconds(batch, step))
  return sums
}
