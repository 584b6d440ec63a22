import { describe, expect, it } from 'vitest'
import type { ExchangeConstants, OperatorConstants } from '../../src/latency/constants.ts'
import type { OperatorsOptions } from '../../src/latency/dealt.ts'
import { devicesOf } from '../../src/latency/layout.ts'
import { Operators } from '../../src/latency/operators.ts'
import { TransformerWork } from '../../src/latency/work.ts'
import { BF16, H100, OPERATORS, VERIFYING } from './cases.ts'
import { naiveStepSeconds } from './naive-operators.ts'
import {
  advanced,
  cachedOf,
  mixedStep,
  NO_DECODES,
  pairsOf,
  readBy,
  relativeError,
  someBatch,
  someChunks,
  within,
} from './steps.ts'
import { DEEPSEEK_R1, LLAMA_8B, QWEN_30B_MOE } from './transformers.ts'

const sets = Object.entries({ ...OPERATORS, ...VERIFYING }).map(([name, options]) => ({ name, options }))

describe.each(sets)('operators of $name', ({ options }) => {
  const model = new Operators(options)
  const { parallelism, constants } = options
  const batchOf = () => within(model.window, someBatch())

  it('price a decode step as the formulas do kernel by kernel', () => {
    for (let trial = 0; trial < 60; trial++) {
      const batch = batchOf()
      expect(relativeError(model.gapSeconds(batch, 1), naiveStepSeconds(options, batch, []))).toBeLessThan(
        1e-12,
      )
    }
  })

  it('price a stretch as the formulas do step by step', () => {
    for (let trial = 0; trial < 10; trial++) {
      const batch = batchOf()
      let sum = 0
      for (let step = 0; step < 500; step++) sum += naiveStepSeconds(options, advanced(batch, step), [])
      expect(relativeError(model.decodeSeconds(batch, 500), sum)).toBeLessThan(1e-12)
    }
  })

  it('price a step with chunks as the formulas do kernel by kernel', () => {
    for (let trial = 0; trial < 60; trial++) {
      const chunks = someChunks()
      for (const batch of [within(model.window, NO_DECODES), batchOf()]) {
        const seconds = model.stepSeconds(mixedStep(batch, chunks))
        expect(relativeError(seconds, naiveStepSeconds(options, batch, chunks))).toBeLessThan(1e-12)
      }
    }
  })

  it('never move or compute faster than the datasheet peak, at any saturation', () => {
    const { rowsPerDecode = 1 } = options
    const work = new TransformerWork(options.model, parallelism, rowsPerDecode)
    const devices = devicesOf(parallelism)
    const peakBytes = devices * constants.bytesPerS
    const peakProducts = devices * constants.gemm.flopsPerS
    const peakHead = devices * constants.head.flopsPerS
    const peakPairs = devices * constants.attentionPrefill.flopsPerS
    const saturated = within(model.window, { sequences: 4096, contextTokens: 4096 * 8192 })
    const huge = [{ tokens: 262_144, cachedTokens: 0 }]
    for (let trial = 0; trial < 60; trial++) {
      const batch = trial === 0 ? saturated : batchOf()
      const chunks = trial < 2 ? huge : someChunks()
      const n = batch.sequences * rowsPerDecode
      const context = work.contextBytes * readBy(batch)
      const decodeS = model.gapSeconds(batch, 1)
      expect(work.tokenBytes(n) + work.sampledBytes(n) + context).toBeLessThanOrEqual(decodeS * peakBytes)
      const decodeFloorS = work.tokenFlops(n) / peakProducts + work.sampledFlops(n) / peakHead
      expect(decodeFloorS).toBeLessThanOrEqual(decodeS)

      const stepS = model.stepSeconds(mixedStep(batch, chunks))
      const tokens = chunks.reduce((sum, chunk) => sum + chunk.tokens, n)
      const sampled = n + chunks.length
      const chunkBytes = chunks.reduce(
        (sum, chunk) => sum + work.chunkBytes(chunk.tokens, cachedOf(chunk, model.window)),
        0,
      )
      const bytes = work.tokenBytes(tokens) + work.sampledBytes(sampled) + context + chunkBytes
      expect(bytes).toBeLessThanOrEqual(stepS * peakBytes)
      const pairs = chunks.reduce((sum, chunk) => sum + pairsOf(chunk, model.window), 0)
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
      const batch = batchOf()
      const step = mixedStep(batch, someChunks())
      expect(slow.decodeSeconds(batch, 77)).toBe(2 * model.decodeSeconds(batch, 77))
      expect(slow.stepSeconds(step)).toBe(2 * model.stepSeconds(step))
    }
  })
})

const MANY = { sequences: 10_000, contextTokens: 0 }

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

  const link = { fixedS: 0, hopS: 0, bytesPerS: 1e9, link: 1 }
  const LINKS = { allReduce: link, collective: link, sendReceive: link }

  it.each([
    { layout: { tp: 2 }, links: ['collective', 'sendReceive'], reason: 'tp 2 needs allReduce' },
    {
      layout: { tp: 2, attentionDp: 2 },
      links: ['allReduce', 'sendReceive'],
      reason: 'attentionDp 2 needs collective',
    },
    { layout: { tp: 4, attentionDp: 2 }, links: ['collective'], reason: 'tp 4 needs allReduce' },
    { layout: { tp: 1, pp: 2 }, links: ['allReduce', 'collective'], reason: 'pp 2 needs sendReceive' },
  ] as const)('refuse $layout on a device that has $links only', ({ layout, links, reason }) => {
    const { allReduce: _, collective: __, sendReceive: ___, ...bare } = H100
    const constants = { ...bare, ...Object.fromEntries(links.map(name => [name, LINKS[name]])) }
    const parallelism = { ...BF16, ...layout }
    expect(() => new Operators({ ...options, constants, parallelism })).toThrow(reason)
    expect(() => new Operators({ ...options, constants: { ...bare, ...LINKS }, parallelism })).not.toThrow()
  })

  it('reduce over ranks of one device each without an all-reduce', () => {
    const { allReduce: _, sendReceive: __, ...constants } = H100
    const parallelism = { tp: 2, ...BF16, attentionDp: 2 }
    expect(() => new Operators({ ...options, constants, parallelism })).not.toThrow()
  })

  it.each(['allReduce', 'collective', 'sendReceive'] as const)(
    'refuse more of the link than it has to %s',
    name => {
      const constants = { ...H100, [name]: { ...H100[name]!, link: 1.01 } }
      expect(() => new Operators({ ...options, constants })).toThrow(`${name}.link 1.01`)
    },
  )

  it.each([
    [LLAMA_8B, { tp: 4, attentionDp: 3 }, 'attentionDp 3 does not divide tp 4'],
    [QWEN_30B_MOE, { tp: 4, ep: 3 }, 'ep 3 does not divide tp 4'],
    [QWEN_30B_MOE, { tp: 3, ep: 3 }, 'ep 3 does not divide the 128 experts'],
    [LLAMA_8B, { tp: 2, ep: 2 }, 'ep 2 does not divide the 1 experts'],
    [{ ...LLAMA_8B, window: { tokens: 8, layers: 33 } }, { tp: 1 }, 'window.layers exceeds the 32 layers'],
  ] as const)('refuse a layout that the model does not allow', (model, layout, reason) => {
    const parallelism = { ...BF16, ...layout }
    expect(() => new Operators({ model, parallelism, constants: H100 })).toThrow(reason)
  })

  it('read latents whole on every device, or compute on them where many heads share one', () => {
    const contextS = (layout: object) =>
      new Operators({
        model: DEEPSEEK_R1,
        parallelism: { tp: 8, ...BF16, ...layout },
        constants: H100,
      }).contextSeconds(MANY, 0)
    // 576 elements a layer at 87.4 % of 3.35 TB/s, on every device alike.
    expect(contextS({}) / ((61 * 576 * 2) / (3.35e12 * 0.874))).toBeCloseTo(1, 12)
    // All 128 heads on one device: twice 1088 operations each at 69 % of 989 TFLOP/s, an eighth of the members.
    const flops = (61 * 128 * 2 * 1088) / (989e12 * 0.69)
    expect(contextS({ attentionDp: 8 }) / (flops / 8)).toBeCloseTo(1, 12)
    expect(flops).toBeGreaterThan((61 * 576 * 2) / (3.35e12 * 0.874))
  })

  it('give a lone member every device but those of other stages and ranks', () => {
    const contextS = (layout: object, members: number) =>
      new Operators({ ...options, parallelism: { tp: 4, ...BF16, ...layout } }).contextSeconds(
        { sequences: members, contextTokens: 0 },
        0,
      )
    const ofOne = contextS({}, 1)
    const times = (layout: object) => [1, 2, 3, 4, 5, 1000].map(n => ofOne / contextS(layout, n))
    const rounded = (layout: object) => times(layout).map(ratio => Math.round(1e9 * ratio) / 1e9)
    expect(rounded({ pp: 4 })).toEqual([1, 2, 3, 4, 4, 4])
    expect(rounded({ attentionDp: 4 })).toEqual([0.25, 0.5, 0.75, 1, 1, 1])
    expect(rounded({ pp: 2, attentionDp: 2 })).toEqual([0.5, 1, 2, 2, 2, 2])
  })

  it('read every copy of a KV head: twice the devices than heads halve no context', () => {
    const at = (tp: number) =>
      new Operators({ ...options, parallelism: { tp, ...BF16 } }).contextSeconds(MANY, 0)
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
  const { attentionDecode, elementwise, allReduce, collective, sendReceive } = constants
  const exchange = (one: ExchangeConstants) => ({
    fixedS: 2 * one.fixedS,
    hopS: 2 * one.hopS,
    bytesPerS: one.bytesPerS / 2,
    link: one.link,
  })
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
    ...(allReduce && { allReduce: exchange(allReduce) }),
    ...(collective && { collective: exchange(collective) }),
    ...(sendReceive && { sendReceive: exchange({ ...sendReceive, hopS: 0 }) }),
    stepS: 2 * constants.stepS,
    layerS: 2 * constants.layerS,
    sequenceS: 2 * constants.sequenceS,
  }
}
