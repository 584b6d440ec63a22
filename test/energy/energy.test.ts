import { describe, expect, it } from 'vitest'
import { AffineEnergy, type PowerConstants } from '../../src/energy/affine.ts'
import { ConstantEnergy } from '../../src/energy/constant.ts'
import type { EnergyModel } from '../../src/energy/contract.ts'
import type { DecodeBatch, LatencyModel } from '../../src/latency/contract.ts'
import { Linear } from '../../src/latency/linear.ts'
import { Operators, type OperatorsOptions } from '../../src/latency/operators.ts'
import { TransformerWork } from '../../src/latency/work.ts'
import { OPERATORS } from '../latency/cases.ts'
import {
  advanced,
  type Chunk,
  mixedStep,
  NO_DECODES,
  relativeError,
  someBatch,
  someChunks,
} from '../latency/steps.ts'
import { naiveStepJoules } from './naive-energy.ts'

/** H100 boards as fitted on public measurements (MODEL_STUDY §7), and sets that sit under, at and across the cap. */
const POWER: Record<string, Pick<PowerConstants, 'floor' | 'memory' | 'compute'>> = {
  fitted: { floor: 0.565, memory: 0.175, compute: 1.807 },
  'of an earlier engine': { floor: 0.212, memory: 1.003, compute: 3.054 },
  'never at the cap': { floor: 0.3, memory: 0.2, compute: 0.2 },
  'always at the cap': { floor: 1, memory: 0.2, compute: 0.2 },
}

function power(
  options: OperatorsOptions,
  shape: Pick<PowerConstants, 'floor' | 'memory' | 'compute'>,
): PowerConstants {
  return {
    ...shape,
    devices: options.parallelism.tp,
    tdpWatts: 700,
    idleWatts: 75,
    bytesPerS: options.constants.bytesPerS,
    flopsPerS: options.constants.gemm.flopsPerS,
    hostIdleWatts: 180,
    hostLoadWatts: 90,
  }
}

const sets = Object.entries(OPERATORS).flatMap(([model, options]) =>
  Object.entries(POWER).map(([name, shape]) => ({
    name: `${model}, ${name}`,
    options,
    constants: power(options, shape),
  })),
)

describe.each(sets)('affine energy of $name', ({ options, constants }) => {
  const latency = new Operators(options)
  const energy = new AffineEnergy(constants, new TransformerWork(options.model, options.parallelism), latency)
  const capWatts = constants.devices * constants.tdpWatts + constants.hostIdleWatts + constants.hostLoadWatts
  const floorWatts = capWatts - constants.devices * constants.tdpWatts * (1 - constants.floor)
  const naive = (batch: DecodeBatch, chunks: readonly Chunk[], seconds: number) =>
    naiveStepJoules(options, constants, batch, chunks, seconds)

  it('sums the steps of a stretch in closed form', () => {
    for (let trial = 0; trial < 30; trial++) {
      const batch = someBatch()
      const steps = energy.steadySteps(batch, 400)
      let sum = 0
      for (let step = 1; step <= steps; step++) {
        sum += naive(advanced(batch, step - 1), [], latency.gapSeconds(batch, step))
      }
      const joules = energy.decodeJoules(
        batch,
        steps,
        latency.decodeSeconds(batch, steps),
        energy.isDecodeCapped(batch),
      )
      expect(relativeError(joules, sum)).toBeLessThan(1e-11)
    }
  })

  it('ends a stretch at the very step where the cap begins or ceases to bind', () => {
    for (let trial = 0; trial < 30; trial++) {
      const batch = someBatch()
      const isCapped = (step: number) => {
        const seconds = latency.gapSeconds(batch, step)
        const joules = energy.decodeJoules(
          advanced(batch, step - 1),
          1,
          seconds,
          energy.isDecodeCapped(advanced(batch, step - 1)),
        )
        return joules === capWatts * seconds
      }
      for (const steps of [1, 2, 3, 50, 3000]) {
        const same = energy.steadySteps(batch, steps)
        let expected = 1
        while (expected < steps && isCapped(expected + 1) === isCapped(1)) expected++
        expect(same).toBe(expected)
      }
    }
  })

  it('prices a step with chunks under the cap of its own', () => {
    for (let trial = 0; trial < 30; trial++) {
      for (const batch of [NO_DECODES, someBatch()]) {
        const chunks = someChunks()
        const step = mixedStep(batch, chunks)
        const seconds = latency.stepSeconds(step)
        expect(relativeError(energy.stepJoules(step, seconds), naive(batch, chunks, seconds))).toBeLessThan(
          1e-11,
        )
      }
    }
  })

  it('draws no less than the floor and no more than devices at their limit and a loaded host', () => {
    for (let trial = 0; trial < 30; trial++) {
      const batch = someBatch()
      const step = mixedStep(batch, someChunks())
      const stepS = latency.stepSeconds(step)
      const steps = energy.steadySteps(batch, 100)
      const seconds = latency.decodeSeconds(batch, steps)
      for (const watts of [
        energy.stepJoules(step, stepS) / stepS,
        energy.decodeJoules(batch, steps, seconds, energy.isDecodeCapped(batch)) / seconds,
      ]) {
        expect(watts).toBeGreaterThanOrEqual(floorWatts * (1 - 1e-12))
        expect(watts).toBeLessThanOrEqual(capWatts * (1 + 1e-12))
      }
    }
  })

  it('idles on idle devices and the host', () => {
    expect(energy.idleWatts).toBe(75 * constants.devices + 180)
  })
})

interface Subject {
  readonly name: string
  readonly latency: LatencyModel
  readonly energy: EnergyModel
}

const line = new Linear({ stepS: 8e-3, tokenS: 3e-5, contextTokenS: 2e-8 })
const subjects: Subject[] = [
  { name: 'constant', latency: line, energy: new ConstantEnergy({ idleWatts: 100, busyWatts: 900 }, line) },
  ...sets.map(({ name, options, constants }) => {
    const latency = new Operators(options)
    const work = new TransformerWork(options.model, options.parallelism)
    return { name, latency, energy: new AffineEnergy(constants, work, latency) }
  }),
]

describe.each(subjects)('shares under $name', ({ latency, energy }) => {
  it('of contexts leave the same rest at every step of a stretch', () => {
    for (let trial = 0; trial < 30; trial++) {
      const batch = someBatch()
      const contextJ = energy.contextJoules(energy.isDecodeCapped(batch))
      const rest = (step: number) => {
        const at = advanced(batch, step - 1)
        const joules = energy.decodeJoules(at, 1, latency.gapSeconds(at, 1), energy.isDecodeCapped(at))
        return joules - contextJ * (at.contextTokens + at.sequences)
      }
      const first = rest(1)
      const joules = energy.decodeJoules(batch, 1, latency.gapSeconds(batch, 1), energy.isDecodeCapped(batch))
      expect(first).toBeGreaterThan(0)
      for (const step of [energy.steadySteps(batch, 2), energy.steadySteps(batch, 400)]) {
        expect(Math.abs(rest(step) - first)).toBeLessThan(1e-11 * joules + 1e-12 * step * joules)
      }
    }
  })

  it('of chunks and contexts leave a rest that neither moves, on each side of the cap', () => {
    for (let trial = 0; trial < 60; trial++) {
      const batch = trial % 3 === 0 ? NO_DECODES : someBatch()
      const chunks = someChunks()
      const rest = (moved: number) => {
        const shifted = chunks.map(chunk => ({ ...chunk, cachedTokens: chunk.cachedTokens + moved }))
        const at = { ...batch, contextTokens: batch.contextTokens + moved * batch.sequences }
        const step = mixedStep(at, shifted)
        const seconds = latency.stepSeconds(step)
        let joules = energy.stepJoules(step, seconds)
        joules -=
          energy.contextJoules(energy.isStepCapped(energy.stepJoules(step, seconds), seconds)) *
          (at.contextTokens + at.sequences)
        for (const { tokens, cachedTokens } of shifted)
          joules -= energy.chunkJoules(
            tokens,
            cachedTokens,
            energy.isStepCapped(energy.stepJoules(step, seconds), seconds),
          )
        return {
          joules,
          contextJ: energy.contextJoules(energy.isStepCapped(energy.stepJoules(step, seconds), seconds)),
          total: energy.stepJoules(step, seconds),
        }
      }
      const [here, there] = [rest(0), rest(40)]
      expect(here.joules).toBeGreaterThan(0)
      if (here.contextJ !== there.contextJ) continue
      expect(Math.abs(here.joules - there.joules)).toBeLessThan(1e-11 * there.total)
    }
  })

  it('of a chunk grow with its tokens and with what it attends to', () => {
    const step = mixedStep(NO_DECODES, [{ tokens: 512, cachedTokens: 512 }])
    const seconds = latency.stepSeconds(step)
    const share = energy.chunkJoules(512, 512, energy.isStepCapped(energy.stepJoules(step, seconds), seconds))
    expect(
      energy.chunkJoules(600, 512, energy.isStepCapped(energy.stepJoules(step, seconds), seconds)),
    ).toBeGreaterThan(share)
    expect(
      energy.chunkJoules(512, 600, energy.isStepCapped(energy.stepJoules(step, seconds), seconds)),
    ).toBeGreaterThan(share)
  })
})

describe('affine energy', () => {
  const options = OPERATORS['llama-70b fp8 on four h100']
  const latency = new Operators(options)
  const work = new TransformerWork(options.model, options.parallelism)
  const energy = new AffineEnergy(power(options, POWER.fitted), work, latency)

  it('crosses the cap within a stretch on ordinary constants, so that the edge above is met', () => {
    const batch = { sequences: 1024, contextTokens: 1024 * 16 }
    const steps = energy.steadySteps(batch, 100_000)
    expect(steps).toBeGreaterThan(1)
    expect(steps).toBeLessThan(100_000)
    const seconds = latency.gapSeconds(batch, 1)
    expect(energy.decodeJoules(batch, 1, seconds, energy.isDecodeCapped(batch))).toBeCloseTo(
      (4 * 700 + 270) * seconds,
      9,
    )
  })

  it('caps long prefill steps', () => {
    const step = mixedStep(NO_DECODES, [{ tokens: 8192, cachedTokens: 0 }])
    const seconds = latency.stepSeconds(step)
    expect(energy.stepJoules(step, seconds) / seconds).toBeCloseTo(4 * 700 + 270, 9)
  })

  it('refuses a floor above the power limit and a negative constant', () => {
    const constants = power(options, POWER.fitted)
    expect(() => new AffineEnergy({ ...constants, floor: 1.2 }, work, latency)).toThrow('floor 1.2')
    expect(() => new AffineEnergy({ ...constants, memory: -0.1 }, work, latency)).toThrow('memory -0.1')
    expect(() => new AffineEnergy({ ...constants, bytesPerS: 0 }, work, latency)).toThrow('peaks 0')
  })
})
