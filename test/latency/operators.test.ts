import { describe, expect, it } from 'vitest'
import { type OperatorConstants, Operators, type OperatorsOptions } from '../../src/latency/operators.ts'
import { TransformerWork } from '../../src/latency/work.ts'
import { BF16, H100, LLAMA_8B, OPERATORS } from './cases.ts'
import { naiveStepSeconds } from './naive-operators.ts'
import { advanced, mixedStep, NO_DECODES, pairsOf, relativeError, someBatch, someChunks } from './steps.ts'

const sets = Object.entries(OPERATORS).map(([name, options]) => ({ name, options }))

describe.each(sets)('operators of $name', ({ options }) => {
  const model = new Operators(options)
  const { parallelism, constants } = options

  it('price a decode step as the formulas do kernel by kernel', () => {
    for (let trial = 0; trial < 60; trial++) {
      const batch = someBatch()
      expect(relativeError(model.gapSeconds(batch, 1), naiveStepSeconds(options, batch, []))).toBeLessThan(
        1e-12,
      )
    }
  })

  it('price a stretch as the formulas do step by step', () => {
    for (let trial = 0; trial < 10; trial++) {
      const batch = someBatch()
      let sum = 0
      for (let step = 0; step < 500; step++) sum += naiveStepSeconds(options, advanced(batch, step), [])
      expect(relativeError(model.decodeSeconds(batch, 500), sum)).toBeLessThan(1e-12)
    }
  })

  it('price a step with chunks as the formulas do kernel by kernel', () => {
    for (let trial = 0; trial < 60; trial++) {
      const chunks = someChunks()
      for (const batch of [NO_DECODES, someBatch()]) {
        const seconds = model.stepSeconds(mixedStep(batch, chunks))
        expect(relativeError(seconds, naiveStepSeconds(options, batch, chunks))).toBeLessThan(1e-12)
      }
    }
  })

  it('never move or compute faster than the datasheet peak, at any saturation', () => {
    const work = new TransformerWork(options.model, parallelism)
    const peakBytes = parallelism.tp * constants.bytesPerS
    const peakProducts = parallelism.tp * constants.gemm.flopsPerS
    const peakHead = parallelism.tp * constants.head.flopsPerS
    const peakPairs = parallelism.tp * constants.attentionPrefill.flopsPerS
    const saturated = { sequences: 4096, contextTokens: 4096 * 8192 }
    const huge = [{ tokens: 262_144, cachedTokens: 0 }]
    for (let trial = 0; trial < 60; trial++) {
      const batch = trial === 0 ? saturated : someBatch()
      const chunks = trial < 2 ? huge : someChunks()
      const n = batch.sequences
      const context = work.contextBytes * (batch.contextTokens + n)
      const decodeS = model.gapSeconds(batch, 1)
      expect(work.tokenBytes(n) + work.sampledBytes(n) + context).toBeLessThanOrEqual(decodeS * peakBytes)
      const decodeFloorS = work.tokenFlops(n) / peakProducts + work.sampledFlops(n) / peakHead
      expect(decodeFloorS).toBeLessThanOrEqual(decodeS)

      const stepS = model.stepSeconds(mixedStep(batch, chunks))
      const tokens = chunks.reduce((sum, chunk) => sum + chunk.tokens, n)
      const sampled = n + chunks.length
      const chunkBytes = chunks.reduce(
        (sum, chunk) => sum + work.chunkBytes(chunk.tokens, chunk.cachedTokens),
        0,
      )
      const bytes = work.tokenBytes(tokens) + work.sampledBytes(sampled) + context + chunkBytes
      expect(bytes).toBeLessThanOrEqual(stepS * peakBytes)
      const pairs = chunks.reduce((sum, chunk) => sum + pairsOf(chunk), 0)
      const floorS =
        work.tokenFlops(tokens) / peakProducts +
        work.sampledFlops(sampled) / peakHead +
        (work.pairFlops * pairs) / peakPairs
      expect(floorS).toBeLessThanOrEqual(stepS)
    }
  })

  it('price twice as slow when every constant of time is twice as long, to the bit', () => {
    const slow = new Operators({ ...options, constants: twiceAsSlow(constants) })
    for (let trial = 0; trial < 30; trial++) {
      const batch = someBatch()
      const step = mixedStep(batch, someChunks())
      expect(slow.decodeSeconds(batch, 77)).toBe(2 * model.decodeSeconds(batch, 77))
      expect(slow.stepSeconds(step)).toBe(2 * model.stepSeconds(step))
    }
  })
})

describe('operators', () => {
  const options: OperatorsOptions = { model: LLAMA_8B, parallelism: { tp: 1, ...BF16 }, constants: H100 }

  it('refuse an efficiency above 1, which is a fit that measured a cache', () => {
    const attentionPrefill = { ...H100.attentionPrefill, memory: 1.472 }
    const constants = { ...H100, attentionPrefill }
    expect(() => new Operators({ ...options, constants })).toThrow('attentionPrefill.memory 1.472')
  })

  it.each(['gemm', 'head', 'attentionPrefill'] as const)('refuse no efficiency of %s', name => {
    const constants = { ...H100, [name]: { ...H100[name], compute: 0 } }
    expect(() => new Operators({ ...options, constants })).toThrow(`${name}.compute 0`)
  })

  it('refuse tensor parallelism on a device without a link', () => {
    const { allReduce: _, ...constants } = H100
    expect(() => new Operators({ ...options, constants, parallelism: { tp: 2, ...BF16 } })).toThrow('tp 2')
  })

  it('refuse a prefill multiplier below 1', () => {
    const constants = { ...H100, prefillMultiplier: 0.9 }
    expect(() => new Operators({ ...options, constants })).toThrow('prefillMultiplier 0.9')
  })

  it('need no link on one device, where there is nothing to reduce', () => {
    const { allReduce: _, ...constants } = H100
    const batch = { sequences: 8, contextTokens: 4000 }
    const without = new Operators({ ...options, constants })
    expect(without.gapSeconds(batch, 1)).toBe(new Operators(options).gapSeconds(batch, 1))
  })

  it('read every copy of a KV head: twice the devices than heads halve no context', () => {
    const at = (tp: number) => new Operators({ ...options, parallelism: { tp, ...BF16 } }).contextSeconds
    expect(at(8)).toBe(at(1) / 8)
    expect(at(16)).toBe(at(8))
  })
})

function twiceAsSlow(constants: OperatorConstants): OperatorConstants {
  const roofline = (one: OperatorConstants['gemm']) => ({
    ...one,
    fixedS: 2 * one.fixedS,
    flopsPerS: one.flopsPerS / 2,
  })
  const { attentionDecode, elementwise, allReduce } = constants
  return {
    ...constants,
    bytesPerS: constants.bytesPerS / 2,
    gemm: roofline(constants.gemm),
    head: roofline(constants.head),
    attentionPrefill: roofline(constants.attentionPrefill),
    attentionDecode: {
      ...attentionDecode,
      fixedS: 2 * attentionDecode.fixedS,
      perSequenceS: 2 * attentionDecode.perSequenceS,
    },
    elementwise: { ...elementwise, fixedS: 2 * elementwise.fixedS },
    moeLayerS: 2 * constants.moeLayerS,
    allReduce: {
      ...allReduce!,
      fixedS: 2 * allReduce!.fixedS,
      hopS: 2 * allReduce!.hopS,
      bytesPerS: allReduce!.bytesPerS / 2,
    },
    stepS: 2 * constants.stepS,
    layerS: 2 * constants.layerS,
  }
}
