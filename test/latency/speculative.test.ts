import { describe, expect, it } from 'vitest'
import type { DecodeBatch, LatencyModel } from '../../src/latency/contract.ts'
import type { OperatorsOptions } from '../../src/latency/dealt.ts'
import { eagerOperators } from '../../src/latency/eager.ts'
import { Linear } from '../../src/latency/linear.ts'
import { Operators } from '../../src/latency/operators.ts'
import { headOf, Speculative, speculative } from '../../src/latency/speculative.ts'
import { OPERATORS, SPECULATIONS } from './cases.ts'
import { naiveEagerSeconds, naiveStepSeconds } from './naive-operators.ts'
import {
  advanced,
  type Chunk,
  mixedStep,
  NO_DECODES,
  relativeError,
  someBatch,
  someChunks,
  somePacedBatch,
  within,
} from './steps.ts'
import { DEEPSEEK_R1, MISTRAL_7B } from './transformers.ts'

const operators = (options: OperatorsOptions): LatencyModel => new Operators(options)
const ENGINES = [
  { engine: 'graphs', create: operators, naive: naiveStepSeconds },
  { engine: 'eager', create: eagerOperators, naive: naiveEagerSeconds },
]
const subjects = Object.entries(SPECULATIONS).flatMap(([name, options]) =>
  ENGINES.map(engine => ({ name, options, ...engine })),
)

describe.each(subjects)('speculation, $name, $engine', ({ options, create, naive }) => {
  const model = speculative(options, create)
  const { target, draft, draftTokens } = options
  const verifying = { ...target, rowsPerDecode: draftTokens + 1 }

  /** The draft attends as far as the target does; so that the naive sums see the same windows. */
  const drafting = draft && {
    ...draft,
    model: {
      ...draft.model,
      ...(target.model.window && {
        window: {
          tokens: target.model.window.tokens,
          layers: (draft.model.layers * target.model.window.layers) / target.model.layers,
        },
      }),
    },
  }

  function naiveSeconds(batch: DecodeBatch, chunks: readonly Chunk[]): number {
    let seconds = naive(verifying, batch, chunks)
    if (drafting === undefined) return seconds
    seconds += naive(drafting, batch, chunks)
    for (let pass = 1; pass < draftTokens && batch.sequences > 0; pass++)
      seconds += naive(drafting, batch, [])
    return seconds
  }

  it('takes a step of the target over all rows, and one of the draft for each token', () => {
    for (let trial = 0; trial < 40; trial++) {
      const batch = within(model.window, someBatch())
      expect(relativeError(model.gapSeconds(batch, 1), naiveSeconds(batch, []))).toBeLessThan(1e-12)
    }
  })

  it('passes chunks through both, once', () => {
    for (let trial = 0; trial < 20; trial++) {
      const chunks = someChunks()
      for (const batch of [NO_DECODES, someBatch()].map(one => within(model.window, one))) {
        const seconds = model.stepSeconds(mixedStep(batch, chunks))
        expect(relativeError(seconds, naiveSeconds(batch, chunks))).toBeLessThan(1e-12)
      }
    }
  })

  it('sums a stretch whose contexts grow as the pace says', () => {
    for (let trial = 0; trial < 6; trial++) {
      const batch = within(model.window, somePacedBatch())
      let sum = 0
      for (let step = 0; step < 200; step++) sum += naiveSeconds(advanced(batch, step), [])
      expect(relativeError(model.decodeSeconds(batch, 200), sum)).toBeLessThan(1e-12)
    }
  })
})

describe('speculation', () => {
  const options = SPECULATIONS['llama-70b drafted for by llama-8b']

  it('verifies small batches at little more than a plain step, and large ones at far more', () => {
    const { target } = options
    const plain = new Operators(target)
    const verifying = new Operators({ ...target, rowsPerDecode: 5 })
    const ratio = (sequences: number) => {
      const batch = { sequences, contextTokens: 1000 * sequences }
      return verifying.gapSeconds(batch, 1) / plain.gapSeconds(batch, 1)
    }
    expect(ratio(1)).toBeLessThan(1.1)
    expect(ratio(512)).toBeGreaterThan(2)
  })

  it('is the target alone where each decode brings one row', () => {
    const { target } = options
    const batch = { sequences: 9, contextTokens: 4321 }
    const one = new Operators({ ...target, rowsPerDecode: 1 })
    expect(one.decodeSeconds(batch, 50)).toBe(new Operators(target).decodeSeconds(batch, 50))
  })

  it('ends its law where either of the two leaves its floor', () => {
    const floored = (set: OperatorsOptions, batch: DecodeBatch) => {
      const layerS = (1.01 * new Operators(set).gapSeconds(batch, 1)) / set.model.layers
      return new Operators({ ...set, constants: { ...set.constants, floor: { layerS, memberS: 0 } } })
    }
    const short = { sequences: 4, contextTokens: 400 }
    const target = floored(options.target, short)
    const draft = floored(options.draft!, short)
    const model = new Speculative(target, draft, 3)
    const edges = [target, draft].map(one => one.steadySteps(short)).sort((a, b) => a - b)
    expect(edges[0]).toBeLessThan(edges[1])
    expect(model.steadySteps(short)).toBe(edges[0])
    expect(model.steadySteps(advanced(short, edges[0]))).toBe(edges[1] - edges[0])
    expect(model.steadySteps(advanced(short, edges[1]))).toBe(Number.POSITIVE_INFINITY)
    let sum = 0
    for (let step = 1; step <= edges[1] + 50; step++) sum += model.gapSeconds(short, step)
    expect(relativeError(model.decodeSeconds(short, edges[1] + 50), sum)).toBeLessThan(1e-11)
  })

  it('refuses a draft that counts context within other windows', () => {
    const line = new Linear({ stepS: 1, tokenS: 0, contextTokenS: 0 })
    const windowed = new Operators({ ...OPERATORS['llama-8b on one h100'], model: MISTRAL_7B })
    expect(() => new Speculative(windowed, line, 2)).toThrow('other windows')
  })

  it('takes of a head its share of the layers, of every sort', () => {
    const head = headOf({ ...DEEPSEEK_R1, window: { tokens: 128, layers: 30 } }, 0.5)
    expect(head.layers).toBe(DEEPSEEK_R1.layers / 2)
    expect(head.moe!.moeLayers).toBe(DEEPSEEK_R1.moe!.moeLayers / 2)
    expect(head.window!.layers).toBe(15)
  })
})
