import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Expectations } from '../../src/fleet/expectations.ts'
import type { Readings } from '../../src/fleet/readings.ts'
import { StepPrices } from '../../src/fleet/step-prices.ts'
import type { LatencyModel } from '../../src/latency/contract.ts'
import { Linear } from '../../src/latency/linear.ts'
import { Operators } from '../../src/latency/operators.ts'
import { Sped } from '../../src/latency/sped.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import * as reading from '../../src/replicas/reading.ts'
import { RequestTable } from '../../src/requests/table.ts'
import { OPERATORS } from '../latency/cases.ts'
import { roomyKind } from '../laws/roomy.ts'

/** Of one rank, and one stage, that read whole contexts. */
const plain = Object.values(OPERATORS).filter(
  ({ model, parallelism: { pp, attentionDp } }) => model.window === undefined && pp * attentionDp === 1,
)
const floored = plain.map(options => {
  const floor = { layerS: 3e-4, memberS: 2e-6 }
  return { ...options, constants: { ...options.constants, floor } }
})
const models: readonly LatencyModel[] = [
  new Linear({ stepS: 0.01, tokenS: 1e-5, contextTokenS: 1e-7 }),
  ...plain.map(options => new Operators(options)),
  ...floored.map(options => new Operators(options)),
  ...floored.map(options => new Sped(new Operators(options), 1.7)),
]

/** The same model, whose prices are asked for one by one: nothing is known of how it pads. */
function asked(latency: LatencyModel): LatencyModel {
  return new Proxy(latency, {
    get(model, name) {
      if (name === 'paddedTokens') return (tokens: number) => tokens
      const value = Reflect.get(model, name, model)
      return typeof value === 'function' ? value.bind(model) : value
    },
  })
}

type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never

const readings = fc.record({
  running: fc.integer({ min: 0, max: 64 }),
  waiting: fc.integer({ min: 0, max: 40 }),
  decodeShare: fc.double({ min: 0, max: 1, noNaN: true }),
  pending: fc.integer({ min: 0, max: 20_000 }),
  context: fc.integer({ min: 1, max: 5_000 }),
  freeBlocks: fc.integer({ min: 0, max: 5_000 }),
  mixedEndS: fc.constantFrom(Number.NEGATIVE_INFINITY, 1, 7.5),
})
const asks = fc.record({
  prompt: fc.integer({ min: 1, max: 9_000 }),
  hit: fc.integer({ min: 0, max: 2_000 }),
  output: fc.integer({ min: 1, max: 2_000 }),
  meanInput: fc.integer({ min: 1, max: 4_000 }),
  meanOutput: fc.integer({ min: 1, max: 900 }),
})
const kinds = fc.record({
  latency: fc.constantFrom(...models),
  role: fc.constantFrom<ReplicaKind['role']>(undefined, 'prefill', 'decode'),
  maxSequences: fc.integer({ min: 1, max: 64 }),
  tokenBudget: fc.integer({ min: 128, max: 4_096 }),
})

/** One replica, as it was read once. */
function told(read: Drawn<typeof readings>): Readings {
  const numbers = new Float64Array(reading.READING)
  const decodes = Math.round(read.running * read.decodeShare)
  numbers[reading.VERSION] = 1
  numbers[reading.RUNNING] = read.running
  numbers[reading.WAITING] = read.waiting
  numbers[reading.DECODES] = decodes
  numbers[reading.PENDING_PREFILL_TOKENS] = read.pending
  numbers[reading.CONTEXT_TOKENS] = decodes * read.context
  numbers[reading.FREE_BLOCKS] = read.freeBlocks
  numbers[reading.MIXED_END_S] = read.mixedEndS
  return { numbers, asOfS: Float64Array.of(5), at: () => 0 }
}

/** A table whose request 0 asks for that. */
function asking({ prompt, hit, output }: Drawn<typeof asks>): RequestTable {
  const requests = new RequestTable()
  requests.inputTokens[0] = hit + prompt
  requests.predictedTokens[0] = output
  return requests
}

const TOLERANCE = 1e-8
/** Seconds or joules that are differences of larger ones are no closer than those. */
const LEAST = 1e-3

/** Expected of the replica, by sums of parts, and as the model says. */
function both(
  { latency, ...limits }: Drawn<typeof kinds>,
  read: Drawn<typeof readings>,
  ask: Drawn<typeof asks>,
): [number[], number[]] {
  const running = Math.min(read.running, limits.maxSequences)
  const load = told({ ...read, running })
  const seen = { meanInputTokens: ask.meanInput, meanOutputTokens: ask.meanOutput }
  const kind = { ...roomyKind(latency), ...limits } as ReplicaKind
  const of = (prices: StepPrices) => {
    const expectations = new Expectations(seen, asking(ask), { load, kv: load })
    const { hit } = ask
    return [
      expectations.ttftS(0, prices, hit),
      expectations.tpotS(0, prices, hit),
      expectations.e2eS(0, prices, hit),
      expectations.ownS(0, prices, hit),
      expectations.ownJ(0, prices, hit),
    ]
  }
  return [of(new StepPrices(kind)), of(new StepPrices({ ...kind, latency: asked(latency) }))]
}

function greatestError([found, wanted]: [number[], number[]]): number {
  return Math.max(
    ...found.map((value, i) => Math.abs(value - wanted[i]) / Math.max(Math.abs(wanted[i]), LEAST)),
  )
}

describe('what is expected where steps are sums of parts', () => {
  test('is what the latency model says when it is asked for each price', () => {
    const property = fc.property(kinds, readings, asks, (kind, read, ask) => {
      const fits = { ...kind, tokenBudget: kind.tokenBudget + ask.prompt + kind.maxSequences }
      expect(greatestError(both(fits, { ...read, pending: 0 }, ask))).toBeLessThan(TOLERANCE)
    })
    fc.assert(property, { numRuns: 3000, seed: 7 })
  })

  test('is near it for longer prompts behind others: what a chunk takes beside its tokens is left out', () => {
    const property = fc.property(kinds, readings, asks, (kind, read, ask) => {
      const long = { ...ask, prompt: 256 + ask.prompt }
      expect(greatestError(both(kind, read, long))).toBeLessThan(0.02)
    })
    fc.assert(property, { numRuns: 3000, seed: 7 })
  })

  test('is so for every model of one rank that has no window, floors and all', () => {
    for (const latency of models) {
      const prices = new StepPrices({ ...roomyKind(latency), tokenBudget: 2_048, maxSequences: 64 })
      for (let decodes = 0; decodes <= 64; decodes++) expect(prices.isSum(decodes)).toBe(true)
    }
  })
})
