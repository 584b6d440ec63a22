import { describe, expect, it } from 'vitest'
import { AffineEnergy, type PowerConstants } from '../../src/energy/affine.ts'
import { CompiledEnergy } from '../../src/energy/compiled.ts'
import { ConstantEnergy } from '../../src/energy/constant.ts'
import type { EnergyModel } from '../../src/energy/contract.ts'
import { Compiled } from '../../src/latency/compiled.ts'
import type { DecodeBatch, MixedStep } from '../../src/latency/contract.ts'
import { Operators } from '../../src/latency/operators.ts'
import { type Buckets, Padding } from '../../src/latency/padding.ts'
import { TransformerWork } from '../../src/latency/work.ts'
import { BUCKETS, OPERATORS } from '../latency/cases.ts'
import {
  advanced,
  type Chunk,
  mixedStep,
  NO_DECODES,
  readBy,
  relativeError,
  someBatch,
  someChunks,
  somePacedBatch,
  within,
} from '../latency/steps.ts'
import { naiveStepJoules } from './naive-energy.ts'

const options = OPERATORS['windows in all layers']
const operators = new Operators(options)
const work = new TransformerWork(options.model, options.parallelism)
const POWER: PowerConstants = {
  ...{ floor: 0.565, memory: 0.175, compute: 1.807 },
  devices: 1,
  tdpWatts: 700,
  idleWatts: 75,
  bytesPerS: options.constants.bytesPerS,
  flopsPerS: options.constants.gemm.flopsPerS,
  hostIdleWatts: 180,
  hostLoadWatts: 90,
}
/** A board whose cap begins or ceases to bind as the contexts of decodes grow. */
const CAPPED: PowerConstants = { ...POWER, floor: 0.5, memory: 0.3, compute: 1 }

const subjects = Object.entries(BUCKETS).flatMap(([name, buckets]) =>
  [POWER, CAPPED].map((power, i) => ({ name: `${name}, ${i === 0 ? 'fitted' : 'capped'}`, buckets, power })),
)

/** The batch as the buckets fill it up: every context on its own. */
function filled(batch: DecodeBatch, { batch: sizes, context }: Buckets): DecodeBatch {
  const sequences = sizes?.find(size => size >= batch.sequences) ?? batch.sequences
  if (context === undefined) return { ...batch, sequences, contextTokens: batch.contextTokens }
  const bucket = context.find(size => size >= batch.longestTokens! + 1)!
  return { ...batch, sequences, contextTokens: sequences * (bucket - 1) }
}

describe.each(subjects)('compiled energy of $name', ({ buckets, power }) => {
  const padding = new Padding(buckets)
  const latency = new Compiled(operators, padding)
  const energy = new CompiledEnergy(new AffineEnergy(power, work, operators), padding)
  // Windows of a batch that is filled up without context buckets are counted before it is: left to their own test.
  const window = padding.hidesContext ? operators.window : undefined
  const someOf = (trial: number) => within(window, trial % 2 === 0 ? someBatch() : somePacedBatch())
  const stepOf = (batch: DecodeBatch, chunks: readonly Chunk[]): MixedStep =>
    mixedStep(batch, chunks, 0, latency.paddedTokens)

  it('is that of the work of padded steps, one by one', () => {
    for (let trial = 0; trial < 30; trial++) {
      const batch = someOf(trial)
      const steps = energy.steadySteps(batch, Math.min(300, latency.steadySteps(batch)))
      let sum = 0
      for (let step = 0; step < steps; step++) {
        const at = filled(advanced(batch, step), buckets)
        const seconds = latency.gapSeconds(batch, step + 1)
        const passes = [{ work, rowsPerDecode: 1, chunks: [] }]
        sum += naiveStepJoules(passes, power, at, seconds)
      }
      const seconds = latency.decodeSeconds(batch, steps)
      const joules = energy.decodeJoules(batch, steps, seconds, energy.isDecodeCapped(batch))
      expect(relativeError(joules, sum)).toBeLessThan(1e-11)
    }
  })

  it('stays on one side of the cap for as long as it says, and no longer', () => {
    for (let trial = 0; trial < 30; trial++) {
      const batch = someOf(trial)
      const most = Math.min(2000, latency.steadySteps(batch))
      const steps = energy.steadySteps(batch, most)
      const side = energy.isDecodeCapped(batch)
      for (const step of [0, Math.floor(steps / 2), steps - 1]) {
        expect(energy.isDecodeCapped(advanced(batch, step))).toBe(side)
      }
      if (steps < most) expect(energy.isDecodeCapped(advanced(batch, steps))).toBe(!side)
    }
  })

  it('counts the chunks of a step as padded', () => {
    for (let trial = 0; trial < 20; trial++) {
      const chunks = someChunks()
      const padded = chunks.map(({ tokens, cachedTokens }) => ({
        tokens: padding.chunkTokens(tokens),
        cachedTokens,
      }))
      for (const batch of [within(window, NO_DECODES), someOf(trial)]) {
        const step = stepOf(batch, chunks)
        const seconds = latency.stepSeconds(step)
        const at = batch.sequences === 0 ? batch : filled(batch, buckets)
        const expected = naiveStepJoules([{ work, rowsPerDecode: 1, chunks: padded }], power, at, seconds)
        expect(relativeError(energy.stepJoules(step, seconds), expected)).toBeLessThan(1e-11)
      }
    }
  })

  it('leaves a rest when the shares of chunks and contexts are taken off, on each side of the cap', () => {
    for (let trial = 0; trial < 30; trial++) {
      const batch = someOf(trial)
      const chunks = someChunks()
      const step = stepOf(batch, chunks)
      const seconds = latency.stepSeconds(step)
      const total = energy.stepJoules(step, seconds)
      const isCapped = energy.isStepCapped(total, seconds)
      const contextJ = energy.contextJoules(latency.contextSeconds(batch, chunks.length), isCapped)
      let rest = total - contextJ * readBy(batch)
      for (const { tokens, cachedTokens } of chunks) {
        rest -= energy.chunkJoules(tokens, cachedTokens, latency.chunkSeconds(tokens, cachedTokens), isCapped)
      }
      expect(rest).toBeGreaterThan(0)
      if (padding.hidesContext) expect(contextJ).toBe(0)
    }
  })
})

describe('compiled energy', () => {
  const batch = { sequences: 3, contextTokens: 2997, longestTokens: 999 }
  const decodeJ = (energy: EnergyModel, seconds: number) => energy.decodeJoules(batch, 1, seconds, false)

  it('pays for padding that moves bytes even when it takes no longer', () => {
    const plain = new AffineEnergy(POWER, work, operators)
    const padded = new CompiledEnergy(plain, new Padding({ batch: [64], context: [4096] }))
    expect(decodeJ(padded, 0.02)).toBeGreaterThan(decodeJ(plain, 0.02))
  })

  it('meets both sides of the cap in these tests', () => {
    const padding = new Padding(BUCKETS['batches alone'])
    const energy = new CompiledEnergy(new AffineEnergy(CAPPED, work, operators), padding)
    const edges = Array.from({ length: 200 }, () =>
      energy.steadySteps(within(operators.window, someBatch()), 2000),
    )
    expect(edges.some(steps => steps > 1 && steps < 2000)).toBe(true)
  })

  it('is the same power as ever where power is constant', () => {
    const constant = new ConstantEnergy({ idleWatts: 100, busyWatts: 900 })
    const energy = new CompiledEnergy(constant, new Padding({ batch: [4], context: [4096] }))
    expect(energy.idleWatts).toBe(100)
    expect(energy.decodeJoules(batch, 7, 2, false)).toBe(1800)
    expect(energy.steadySteps(batch, 50)).toBe(50)
  })
})
