import { describe, expect, it } from 'vitest'
import type { OperatorConstants } from '../../src/latency/constants.ts'
import type { OperatorsOptions } from '../../src/latency/dealt.ts'
import { Operators } from '../../src/latency/operators.ts'
import { BF16, H100 } from './cases.ts'
import { LLAMA_8B } from './transformers.ts'

/** No host, so that what is left is the devices' and can be laid out in time. */
const DEVICES: OperatorConstants = { ...H100, stepS: 0 }
const INSTANT: OperatorConstants = {
  ...DEVICES,
  sendReceive: { fixedS: 0, bytesPerS: Number.POSITIVE_INFINITY, link: 1 },
}
const CONTEXT = 600

function pipeline(pp: number, constants: OperatorConstants): OperatorsOptions {
  return { model: LLAMA_8B, parallelism: { tp: 1, ...BF16, pp }, constants }
}

/** Seconds that so many decodes spend in all layers, and in the output layer, when they have a device to themselves. */
function alone(sequences: number): { readonly layersS: number; readonly headS: number } {
  const seconds = (layers: number) =>
    new Operators({ ...pipeline(1, DEVICES), model: { ...LLAMA_8B, layers } }).gapSeconds(
      { sequences, contextTokens: sequences * CONTEXT },
      1,
    )
  const layersS = seconds(64) - seconds(32)
  return { layersS, headS: seconds(32) - layersS }
}

/**
 * Seconds from round to round of micro-batches of these sizes that go from stage to stage, first come first served,
 * and begin anew when they leave the last one.
 */
function roundSeconds(sizes: readonly number[], pp: number, sendS: number): number {
  const freeS: number[] = Array(pp).fill(0)
  const readyS: number[] = Array(sizes.length).fill(0)
  const work = sizes.map(alone)
  const rounds = 60
  let endS = 0
  let halfS = 0
  for (let round = 0; round < rounds; round++) {
    for (const [microBatch, { layersS, headS }] of work.entries()) {
      for (let stage = 0; stage < pp; stage++) {
        const startS = Math.max(freeS[stage], readyS[microBatch])
        freeS[stage] = startS + layersS / pp + (stage === pp - 1 ? headS : 0)
        readyS[microBatch] = freeS[stage] + (stage === pp - 1 ? 0 : sendS)
      }
      endS = readyS[microBatch]
    }
    if (round === rounds / 2 - 1) halfS = endS
  }
  return (endS - halfS) / (rounds / 2)
}

function gapSeconds(options: OperatorsOptions, sequences: number): number {
  return new Operators(options).gapSeconds({ sequences, contextTokens: sequences * CONTEXT }, 1)
}

/** Members of every micro-batch, dealt one by one. */
function sizesOf(members: number, pp: number): number[] {
  const sizes: number[] = []
  for (let member = 0; member < members; member++) sizes[member % pp] = (sizes[member % pp] ?? 0) + 1
  return sizes
}

describe.each([2, 3, 4, 8])('a pipeline of %d stages', pp => {
  it.each([1, 2, 16, 100])('has every stage busy with %d decodes for each', each => {
    const expected = roundSeconds(sizesOf(each * pp, pp), pp, 0)
    expect(gapSeconds(pipeline(pp, INSTANT), each * pp) / expected).toBeCloseTo(1, 12)
    const { layersS, headS } = alone(each)
    expect(expected / (layersS + pp * headS)).toBeCloseTo(1, 12)
  })

  it('leaves stages idle with fewer decodes: a round is a way through all stages, however few are on it', () => {
    const { layersS, headS } = alone(1)
    for (let members = 1; members < pp; members++) {
      const roundS = roundSeconds(sizesOf(members, pp), pp, 0)
      const lastStageS = members * (layersS / pp + headS)
      expect(roundS / Math.max(layersS + headS, lastStageS)).toBeCloseTo(1, 12)
      const seconds = gapSeconds(pipeline(pp, INSTANT), members)
      expect(seconds).toBeGreaterThanOrEqual(roundS * (1 - 1e-12))
      // The output layer counts once for each micro-batch, though it is idle in between.
      expect(seconds - roundS).toBeLessThanOrEqual((members - 1) * headS + 1e-15)
    }
  })

  it('charges sends or output layers beside one another, never more than both', () => {
    const sendS = 8.3e-6 + (64 * 4096 * 2) / (450e9 * 0.61)
    const { headS } = alone(64)
    const roundS = roundSeconds(sizesOf(64 * pp, pp), pp, sendS)
    const seconds = gapSeconds(pipeline(pp, DEVICES), 64 * pp)
    expect(seconds).toBeGreaterThanOrEqual(roundS * (1 - 1e-12))
    const hidden = (pp - 1) * Math.min(sendS, headS)
    expect(seconds - roundS).toBeLessThanOrEqual(hidden * (1 + 1e-9))
  })

  it('takes as long as its largest micro-batch where they differ', () => {
    // Contexts are spread evenly, so that only rows differ.
    const sequences = 7 * pp + 1
    const model = new Operators(pipeline(pp, INSTANT))
    const uneven = model.gapSeconds({ sequences, contextTokens: 0 }, 1)
    const even = model.gapSeconds({ sequences: 8 * pp, contextTokens: sequences - 8 * pp }, 1)
    expect(uneven / even).toBeCloseTo(1, 12)
  })
})

describe('the host of a pipeline', () => {
  it('is met once for each micro-batch, and for every sequence and layer', () => {
    const constants = { ...INSTANT, stepS: 1, layerS: 1e-3, sequenceS: 1e-5 }
    const added = (members: number) =>
      gapSeconds(pipeline(4, constants), members) - gapSeconds(pipeline(4, INSTANT), members)
    expect(added(1)).toBeCloseTo(1 + 32e-3 + 1e-5, 12)
    expect(added(3)).toBeCloseTo(3 + 32e-3 + 3e-5, 12)
    expect(added(4)).toBeCloseTo(4 + 32e-3 + 4e-5, 12)
    expect(added(100)).toBeCloseTo(4 + 32e-3 + 100e-5, 12)
  })
})
