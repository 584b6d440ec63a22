import { describe, expect, it, test } from 'vitest'
import { AffineEnergy } from '../../src/energy/affine.ts'
import { Compiled } from '../../src/latency/compiled.ts'
import type { DecodeBatch, LatencyModel } from '../../src/latency/contract.ts'
import { eagerOperators } from '../../src/latency/eager.ts'
import { Fixed } from '../../src/latency/fixed.ts'
import { Operators } from '../../src/latency/operators.ts'
import { Padding } from '../../src/latency/padding.ts'
import { Sped, sped } from '../../src/latency/sped.ts'
import { TransformerWork } from '../../src/latency/work.ts'
import { naiveStepJoules } from '../energy/naive-energy.ts'
import { runFast } from '../laws/fast.ts'
import { roomyCourse, roomyKind } from '../laws/roomy.ts'
import { BUCKETS, type Case, cases, OPERATORS } from './cases.ts'
import {
  advanced,
  mixedStep,
  NO_DECODES,
  relativeError,
  someBatch,
  someChunks,
  somePacedBatch,
  within,
} from './steps.ts'

const SMALL = OPERATORS['llama-8b on one h100']
const plain = new Operators(SMALL)
/** At a floor that short contexts are under, and outgrow. */
const BATCH: DecodeBatch = { sequences: 4, contextTokens: 400 }
const layerS = (1.01 * plain.gapSeconds(BATCH, 1)) / SMALL.model.layers - 4e-6
const flooring = { ...SMALL, constants: { ...SMALL.constants, floor: { layerS, memberS: 1e-6 } } }
const floored = new Operators(flooring)

const models: Pick<Case, 'name' | 'model'>[] = [
  ...cases.filter(({ name }) => !name.startsWith('sped')),
  { name: 'a floor', model: floored },
]

describe.each(models)('$name at a speedup', ({ model }) => {
  const batches = [BATCH, ...Array.from({ length: 12 }, () => someBatch()), somePacedBatch()].map(batch =>
    within(model.window, { longestTokens: 1, ...batch }),
  )

  const chunks = someChunks()

  /** All that a model says of a batch. */
  const told = (of: LatencyModel, batch: DecodeBatch) => [
    ...[1, 2, 300, 9000].map(steps => of.decodeSeconds(batch, steps)),
    ...[1, 2, 300, 9000].map(step => of.gapSeconds(batch, step)),
    of.stepSeconds(mixedStep(batch, chunks, 5, of.paddedTokens?.bind(of))),
    of.contextSeconds(batch, 0),
    of.contextSeconds(batch, 2),
    of.chunkSeconds(chunks[0].tokens, chunks[0].cachedTokens, 7),
    of.affineSeconds?.(batch) ?? Number.NaN,
    of.floor?.stepS ?? 0,
    of.floor?.memberS ?? 0,
    of.floor?.without.gapSeconds(batch, 1) ?? 0,
  ]

  it('of 2 takes half of every duration, to the last bit', () => {
    const twice = new Sped(model, 2)
    for (const batch of batches) expect(told(twice, batch)).toEqual(told(model, batch).map(s => s / 2))
  })

  it('of 1.7 takes so many times less', () => {
    const faster = new Sped(model, 1.7)
    for (const batch of batches) {
      const was = told(model, batch)
      told(faster, batch).forEach((seconds, i) => {
        if (!(was[i] > 0)) expect(seconds).toBe(was[i])
        else expect(relativeError(seconds, was[i] / 1.7)).toBeLessThan(1e-12)
      })
    }
  })

  it('keeps what is no duration', () => {
    const faster = new Sped(model, 1.7)
    expect(faster.window).toBe(model.window)
    expect(faster.readsLongest).toBe(model.readsLongest ?? false)
    for (const batch of batches) expect(faster.steadySteps(batch)).toBe(model.steadySteps(batch))
    for (const pad of ['paddedTokens', 'paddedSequences'] as const) {
      expect(faster[pad] === undefined).toBe(model[pad] === undefined)
      for (const size of [1, 5, 700]) expect(faster[pad]?.(size)).toBe(model[pad]?.(size))
    }
  })
})

describe('a model under a speedup', () => {
  it('is itself where there is none', () => {
    expect(sped(plain)).toBe(plain)
    expect(sped(plain, 1)).toBe(plain)
    expect(sped(plain, 0.5)).toBeInstanceOf(Sped)
  })

  it.each([0, -2, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', speedup => {
    expect(() => sped(plain, speedup)).toThrow(`speedup ${speedup} is not above 0 and finite`)
  })

  it('is told padded sizes by what it runs as', () => {
    const compiled = new Compiled(plain, new Padding(BUCKETS.everything))
    expect(new Sped(compiled, 3).paddedTokens?.(70)).toBe(128)
    expect(new Sped(compiled, 3).readsLongest).toBe(true)
  })

  it('leaves its floor where contexts outgrow it, and sums both sides', () => {
    const faster = new Sped(floored, 3)
    const last = faster.steadySteps(BATCH)
    expect(last).toBeGreaterThan(100)
    const { stepS, memberS, without } = faster.floor!
    let sum = 0
    for (let step = 1; step <= last + 200; step++) {
      const gapS = Math.max(stepS + 4 * memberS, without.gapSeconds(BATCH, step))
      expect(relativeError(faster.gapSeconds(BATCH, step), gapS)).toBeLessThan(1e-12)
      sum += gapS
      expect(relativeError(faster.decodeSeconds(BATCH, step), sum)).toBeLessThan(1e-11)
    }
  })
})

const POWER = {
  ...{ devices: 1, tdpWatts: 700, idleWatts: 75, floor: 0.565, memory: 0.175, compute: 1.807 },
  ...{ bytesPerS: SMALL.constants.bytesPerS, flopsPerS: SMALL.constants.gemm.flopsPerS },
  ...{ hostIdleWatts: 180, hostLoadWatts: 90 },
}
const CAP_WATTS = 700 + 180 + 90
const work = new TransformerWork(SMALL.model, SMALL.parallelism)

/** By what draws power over the time that the model says, step by step. */
function naiveJ(batch: DecodeBatch, seconds: number): number {
  return naiveStepJoules([{ work, rowsPerDecode: 1, chunks: [] }], POWER, batch, seconds)
}

describe.each([
  ['operators', plain],
  ['an eager engine', eagerOperators(SMALL)],
  ['a floor', floored],
] as const)('energy of %s at a speedup', (_, model) => {
  const kindAt = (speedup: number) => {
    const latency = sped(model, speedup)
    return { ...roomyKind(latency), energy: new AffineEnergy(POWER, work, latency) }
  }

  it.each([1.3, 2, 3, 8])(
    'of %s is that of the same work in less time, capped where that is too much',
    speedup => {
      const { latency, energy } = kindAt(speedup)
      let capped = 0
      for (const batch of [BATCH, ...Array.from({ length: 40 }, () => someBatch())]) {
        const side = energy.isDecodeCapped(batch)
        const steps = energy.steadySteps(batch, Math.min(300, latency.steadySteps(batch)))
        let sum = 0
        for (let step = 1; step <= steps; step++) {
          const seconds = model.gapSeconds(batch, step) / speedup
          const joules = naiveJ(advanced(batch, step - 1), seconds)
          expect(joules >= CAP_WATTS * seconds * (1 - 1e-9)).toBe(side)
          sum += joules
        }
        const found = energy.decodeJoules(batch, steps, latency.decodeSeconds(batch, steps), side)
        expect(relativeError(found, sum)).toBeLessThan(1e-9)
        if (side) capped++
      }
      if (speedup === 8) expect(capped).toBeGreaterThan(10)
    },
  )

  it('draws the cap in a step with chunks that would need more', () => {
    const step = mixedStep(NO_DECODES, [{ tokens: 2000, cachedTokens: 0 }])
    const { latency, energy } = kindAt(8)
    const seconds = latency.stepSeconds(step)
    expect(energy.stepJoules(step, seconds)).toBeCloseTo(CAP_WATTS * seconds, 9)
  })

  test.each([0.6, 1.7, 4])('at %s a run stepped is the run coalesced, bit for bit', async speedup => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      arrivalS: (i * 0.37) / speedup,
      inputTokens: 50 + ((i * 997) % 1900),
      outputTokens: 1 + ((i * 331) % 700),
    }))
    const course = roomyCourse(2, rows, kindAt(speedup))
    const choice = { name: 'least-expected-latency' }
    const [fast, stepped] = [
      await runFast(course, choice),
      await runFast(course, choice, { stepByStep: true }),
    ]
    expect(stepped.rows).toStrictEqual(fast.rows)
    expect(stepped.result.replicas[0].lifeBusyJ).toBe(fast.result.replicas[0].lifeBusyJ)
    expect(fast.result.events).toBeLessThan(stepped.result.events / 3)
  })
})

test('a fixed step at a speedup is a shorter fixed step', () => {
  const faster = new Sped(new Fixed({ stepS: 0.3 }), 3)
  expect(faster.decodeSeconds(BATCH, 100)).toBe(100 * (0.3 / 3))
})
