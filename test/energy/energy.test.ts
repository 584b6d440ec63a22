import { describe, expect, it } from 'vitest'
import { AffineEnergy, type PowerConstants } from '../../src/energy/affine.ts'
import { ConstantEnergy } from '../../src/energy/constant.ts'
import type { EnergyModel } from '../../src/energy/contract.ts'
import type { ContextWindow, DecodeBatch, LatencyModel, Work } from '../../src/latency/contract.ts'
import type { OperatorsOptions } from '../../src/latency/dealt.ts'
import { Eager, eagerOperators } from '../../src/latency/eager.ts'
import { devicesOf } from '../../src/latency/layout.ts'
import { Linear } from '../../src/latency/linear.ts'
import { Operators } from '../../src/latency/operators.ts'
import { type SpeculationOptions, speculative, speculativeWork } from '../../src/latency/speculative.ts'
import { TransformerWork } from '../../src/latency/work.ts'
import { OPERATORS, SPECULATIONS, VERIFYING } from '../latency/cases.ts'
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
import { naiveStepJoules, type Pass } from './naive-energy.ts'

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
    devices: devicesOf(options.parallelism),
    tdpWatts: 700,
    idleWatts: 75,
    bytesPerS: options.constants.bytesPerS,
    flopsPerS: options.constants.gemm.flopsPerS,
    hostIdleWatts: 180,
    hostLoadWatts: 90,
  }
}

interface EnergySet {
  readonly name: string
  readonly options: OperatorsOptions
  readonly constants: PowerConstants
  readonly latency: LatencyModel
  readonly work: Work
  /** What passes over a step. */
  readonly passes: (decodes: number, chunks: readonly Chunk[]) => Pass[]
}

const sets = [
  ...Object.entries(OPERATORS).flatMap(([model, options]) =>
    Object.entries(POWER).map(([name, shape]) => setOf(`${model}, ${name}`, options, shape)),
  ),
  ...Object.entries(VERIFYING).map(([model, options]) => setOf(model, options, POWER.fitted)),
]

function setOf(
  name: string,
  options: OperatorsOptions,
  shape: Pick<PowerConstants, 'floor' | 'memory' | 'compute'>,
): EnergySet {
  const { model, parallelism, rowsPerDecode = 1 } = options
  const oneRow = new TransformerWork(model, parallelism)
  return {
    ...{ name, options },
    constants: power(options, shape),
    latency: new Operators(options),
    work: new TransformerWork(model, parallelism, rowsPerDecode),
    passes: (_, chunks) => [{ work: oneRow, rowsPerDecode, chunks }],
  }
}

/** Engines whose power over a stretch may rise and fall again. */
const eagerSets = sets
  .filter(({ name }) => /^(llama-70b fp8|short windows|four ranks)/.test(name))
  .map(set => ({ ...set, name: `eager ${set.name}`, latency: eagerOperators(set.options) }))

/** A draft on the devices of its target. */
const speculativeSets = Object.entries(SPECULATIONS).flatMap(([model, options]) =>
  (['fitted', 'of an earlier engine'] as const).map(
    (name): EnergySet => ({
      name: `${model}, ${name}`,
      options: options.target,
      constants: power(options.target, POWER[name]),
      latency: speculative(options, operators => new Operators(operators)),
      ...workOf(options),
    }),
  ),
)

function workOf({ target, draft, draftTokens }: SpeculationOptions): Pick<EnergySet, 'work' | 'passes'> {
  const rowsPerDecode = draftTokens + 1
  const verifying = new TransformerWork(target.model, target.parallelism, rowsPerDecode)
  const oneRow = new TransformerWork(target.model, target.parallelism)
  const verify = (chunks: readonly Chunk[]) => ({ work: oneRow, rowsPerDecode, chunks })
  if (draft === undefined) return { work: verifying, passes: (_, chunks) => [verify(chunks)] }
  const work = new TransformerWork(draft.model, draft.parallelism)
  const later = Array.from({ length: draftTokens - 1 }, () => ({ work, rowsPerDecode: 1, chunks: [] }))
  return {
    work: speculativeWork(verifying, work, draftTokens),
    passes: (decodes, chunks) => [
      verify(chunks),
      { work, rowsPerDecode: 1, chunks },
      ...(decodes === 0 ? [] : later),
    ],
  }
}

/** Plain and paced ones in turn. */
function batches(window: ContextWindow | undefined): () => DecodeBatch {
  let batch = 0
  return () => within(window, batch++ % 3 === 2 ? somePacedBatch() : someBatch())
}

const affineSets = [...sets, ...eagerSets, ...speculativeSets]

describe.each(affineSets)('affine energy of $name', ({ constants, latency, work, passes }) => {
  const energy = new AffineEnergy(constants, work, latency)
  const batchOf = batches(latency.window)
  const noDecodes = within(latency.window, NO_DECODES)
  const capWatts = constants.devices * constants.tdpWatts + constants.hostIdleWatts + constants.hostLoadWatts
  const floorWatts = capWatts - constants.devices * constants.tdpWatts * (1 - constants.floor)
  const naive = (batch: DecodeBatch, chunks: readonly Chunk[], seconds: number) =>
    naiveStepJoules(passes(batch.sequences, chunks), constants, batch, seconds)

  it('sums the steps of a stretch in closed form', () => {
    for (let trial = 0; trial < 30; trial++) {
      const batch = batchOf()
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
      const batch = batchOf()
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
      const first = isCapped(1)
      let alike = 1
      while (alike < 3000 && isCapped(alike + 1) === first) alike++
      for (const steps of [1, 2, 3, 50, 3000]) {
        expect(energy.steadySteps(batch, steps)).toBe(Math.min(alike, steps))
      }
    }
  })

  it('prices a step with chunks under the cap of its own', () => {
    for (let trial = 0; trial < 30; trial++) {
      for (const batch of [noDecodes, batchOf()]) {
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
      const batch = batchOf()
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
  /** Attention ranks wait for those that have a chunk: not all that it costs is its own. */
  readonly waits: boolean
}

const line = new Linear({ stepS: 8e-3, tokenS: 3e-5, contextTokenS: 2e-8 })
const subjects: Subject[] = [
  {
    name: 'constant',
    latency: line,
    energy: new ConstantEnergy({ idleWatts: 100, busyWatts: 900 }),
    waits: false,
  },
  ...affineSets.map(({ name, options, constants, latency, work }) => {
    const waits = options.parallelism.attentionDp > 1
    return { name, latency, energy: new AffineEnergy(constants, work, latency), waits }
  }),
]

describe.each(subjects)('shares under $name', ({ latency, energy, waits }) => {
  const batchOf = batches(latency.window)
  const noDecodes = within(latency.window, NO_DECODES)
  const isAffine = latency.affineSeconds !== undefined

  it('of contexts leave the same rest at every step of a stretch', () => {
    for (let trial = 0; trial < 30; trial++) {
      const batch = batchOf()
      const contextJ = energy.contextJoules(latency.contextSeconds(batch, 0), energy.isDecodeCapped(batch))
      const rest = (step: number) => {
        const at = advanced(batch, step - 1)
        const joules = energy.decodeJoules(at, 1, latency.gapSeconds(at, 1), energy.isDecodeCapped(at))
        return joules - contextJ * readBy(at)
      }
      const first = rest(1)
      const joules = energy.decodeJoules(batch, 1, latency.gapSeconds(batch, 1), energy.isDecodeCapped(batch))
      expect(first).toBeGreaterThan(0)
      if (!isAffine) continue
      for (const step of [energy.steadySteps(batch, 2), energy.steadySteps(batch, 400)]) {
        expect(Math.abs(rest(step) - first)).toBeLessThan(1e-11 * joules + 1e-12 * step * joules)
      }
    }
  })

  it('of chunks and contexts leave a rest that neither moves, on each side of the cap', () => {
    for (let trial = 0; trial < 60; trial++) {
      const batch = trial % 3 === 0 ? noDecodes : batchOf()
      const chunks = someChunks()
      const rest = (moved: number) => {
        const shifted = chunks.map(chunk => ({ ...chunk, cachedTokens: chunk.cachedTokens + moved }))
        const at = { ...batch, contextTokens: batch.contextTokens + moved * batch.sequences }
        const step = mixedStep(at, shifted)
        const seconds = latency.stepSeconds(step)
        const total = energy.stepJoules(step, seconds)
        const isCapped = energy.isStepCapped(total, seconds)
        const members = batch.sequences + chunks.length
        const contextJ = energy.contextJoules(latency.contextSeconds(at, chunks.length), isCapped)
        let joules = total - contextJ * readBy(at)
        for (const { tokens, cachedTokens } of shifted) {
          const chunkS = latency.chunkSeconds(tokens, cachedTokens, members)
          joules -= energy.chunkJoules(tokens, cachedTokens, chunkS, isCapped)
        }
        return { joules, contextJ, total }
      }
      const [here, there] = [rest(0), rest(40)]
      expect(here.joules).toBeGreaterThan(0)
      if (here.contextJ !== there.contextJ || !isAffine) continue
      const movedJ = there.joules - here.joules
      expect(waits ? Math.max(0, -movedJ) : Math.abs(movedJ)).toBeLessThan(1e-11 * there.total)
    }
  })

  it('of a chunk grow with its tokens and with what it attends to', () => {
    const step = mixedStep(noDecodes, [{ tokens: 512, cachedTokens: 512 }])
    const seconds = latency.stepSeconds(step)
    const isCapped = energy.isStepCapped(energy.stepJoules(step, seconds), seconds)
    const share = (tokens: number, cachedTokens: number) =>
      energy.chunkJoules(tokens, cachedTokens, latency.chunkSeconds(tokens, cachedTokens, 1), isCapped)
    if (isCapped && !isAffine) {
      // Joules at the cap are split as seconds are, which this model does not tell apart.
      expect(share(600, 512)).toBe(0)
      return
    }
    expect(share(600, 512)).toBeGreaterThan(share(512, 512))
    expect(share(512, 600)).toBeGreaterThan(share(512, 512))
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

  it('finds both edges where a host beside the devices lets power rise and fall again', () => {
    // Watts over the floor: (2 + 1.5 c) / sqrt(1 + (1 + c)²) at c thousand tokens, 1.41 at 0, 1.58 at 2, then to 1.5.
    const beside = new Eager(new Linear({ stepS: 1, tokenS: 0, contextTokenS: 1e-3 }), [1])
    const toy = {
      tokenBytes: () => 2,
      tokenFlops: () => 0,
      sampledBytes: () => 0,
      sampledFlops: () => 0,
      contextBytes: 1.5e-3,
      contextFlops: 0,
      chunkBytes: () => 0,
      pairFlops: 0,
    }
    const peaks = { bytesPerS: 3.1, flopsPerS: 1, idleWatts: 0, hostIdleWatts: 0, hostLoadWatts: 0 }
    const shape = { devices: 1, tdpWatts: 3.1, floor: 0.5, memory: 1, compute: 0 }
    const capped = new AffineEnergy({ ...peaks, ...shape }, toy, beside)
    const edges = [0]
    for (const side of [false, true]) {
      const batch = { sequences: 1, contextTokens: edges[edges.length - 1] }
      expect(capped.isDecodeCapped(batch)).toBe(side)
      edges.push(batch.contextTokens + capped.steadySteps(batch, 100_000))
    }
    const watts = (context: number) => (2 + 1.5e-3 * context) / Math.hypot(1, 1 + 1e-3 * context)
    for (const edge of edges.slice(1)) expect(watts(edge) > 1.55).not.toBe(watts(edge + 1) > 1.55)
    expect(capped.steadySteps({ sequences: 1, contextTokens: edges[2] }, 100_000)).toBe(100_000)
  })

  it('refuses a floor above the power limit and a negative constant', () => {
    const constants = power(options, POWER.fitted)
    expect(() => new AffineEnergy({ ...constants, floor: 1.2 }, work, latency)).toThrow('floor 1.2')
    expect(() => new AffineEnergy({ ...constants, memory: -0.1 }, work, latency)).toThrow('memory -0.1')
    expect(() => new AffineEnergy({ ...constants, bytesPerS: 0 }, work, latency)).toThrow('peaks 0')
  })
})
