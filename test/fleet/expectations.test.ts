import { describe, expect, test } from 'vitest'
import { Expectations } from '../../src/fleet/expectations.ts'
import { PRIOR_OUTPUT_TOKENS } from '../../src/fleet/length-predictor.ts'
import { paddedPrompt } from '../../src/fleet/padded-prompt.ts'
import type { Readings } from '../../src/fleet/readings.ts'
import { StepPrices } from '../../src/fleet/step-prices.ts'
import { Compiled } from '../../src/latency/compiled.ts'
import type { LatencyModel } from '../../src/latency/contract.ts'
import { Linear } from '../../src/latency/linear.ts'
import { Operators } from '../../src/latency/operators.ts'
import { expectedPace } from '../../src/latency/pace.ts'
import { Padding } from '../../src/latency/padding.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import {
  CONTEXT_TOKENS,
  DECODES,
  FREE_BLOCKS,
  MIXED_END_S,
  READING,
  RUNNING,
} from '../../src/replicas/reading.ts'
import { REJECTED, RequestTable } from '../../src/requests/table.ts'
import type { ClusterView, RequestView } from '../../src/routing/contract.ts'
import { OPERATORS } from '../latency/cases.ts'
import type { ArrivalRow } from '../laws/courses.ts'
import { runFast } from '../laws/fast.ts'
import { roomyCourse, roomyKind } from '../laws/roomy.ts'
import { watched } from '../laws/watched.ts'

/** A step of 1 s, 1 ms a token, with a budget of 100 tokens and 4 places. */
const kind = {
  ...roomyKind(new Linear({ stepS: 1, tokenS: 1e-3, contextTokenS: 0 })),
  tokenBudget: 100,
  maxSequences: 4,
  frontEndS: 0.5,
  usdPerHour: 3600,
}

interface Told {
  readonly ttftS: number
  readonly tpotS: number
  readonly e2eS: number
  readonly usd: number
}

/** What one replica was expected to do for each request, and what it did. */
async function expected(rows: readonly ArrivalRow[], of: ReplicaKind = kind) {
  const told: Told[] = []
  const choice = watched({ name: 'round-robin' }, (request: RequestView, cluster: ClusterView) => {
    told.push({
      ttftS: cluster.expectedTtftS(0, request),
      tpotS: cluster.expectedTpotS(0, request),
      e2eS: cluster.expectedE2eS(0, request),
      usd: cluster.expectedUsd(0, request),
    })
  })
  const { rows: found } = await runFast(roomyCourse(1, rows, of), choice)
  return { told, found }
}

const ask = (arrivalS: number, inputTokens: number, outputTokens: number) => ({
  arrivalS,
  inputTokens,
  outputTokens,
})

describe('on an idle replica', () => {
  test.each([1, 99, 100, 101, 200, 250])(
    'the first token of a prompt of %i comes when expected',
    async inputTokens => {
      const { told, found } = await expected([ask(0, inputTokens, 5)])
      expect(found[0].firstTokenS).toBeCloseTo(told[0].ttftS, 12)
    },
  )

  test.each([
    ['short windows in half of the layers, on two', 1500],
    ['four ranks of two and four groups of experts, on two stages', 1500],
  ])('of %s the first token of a prompt of %i comes when expected', async (name, inputTokens) => {
    const latency = new Operators(OPERATORS[name])
    const { told, found } = await expected([ask(0, inputTokens, 5)], roomyKind(latency))
    expect(found[0].firstTokenS).toBeCloseTo(told[0].ttftS, 12)
  })

  test('dollars are those of the seconds that the request has the replica to itself', async () => {
    const { told } = await expected([ask(0, 50, 5)])
    // A prefill of 1.05 s, of which 1.001 s is the step that a decode would take; then the tokens expected.
    expect(told[0].usd).toBeCloseTo(0.049 + (PRIOR_OUTPUT_TOKENS - 1) * 1.001, 9)
  })
})

describe('on a busy replica', () => {
  test('a prompt that fits a step is expected less than a step before its first token', async () => {
    const { told, found } = await expected([ask(0, 50, 40), ask(0, 40, 40), ask(7.3, 60, 5)])
    const ttftS = found[2].firstTokenS - found[2].arrivalS
    expect(ttftS).toBeGreaterThanOrEqual(told[2].ttftS)
    expect(ttftS).toBeLessThan(told[2].ttftS + 1.002)
  })

  test('a step with chunks under way is waited for', async () => {
    // The first prompt takes two full steps from 0.5 s on; the other arrives in the first of them.
    const { told, found } = await expected([ask(0, 200, 2), ask(1, 30, 2)])
    const leftS = 0.5 + 1.1 - 1
    expect(told[1].ttftS).toBeGreaterThan(0.5 + leftS + 1)
    expect(found[1].firstTokenS - 1).toBeGreaterThan(1)
  })

  test('a prompt that decodes leave too little room for is expected to take steps more', async () => {
    const busy = [ask(0, 10, 50), ask(0, 10, 50), ask(0, 10, 50)]
    const { told } = await expected([...busy, ask(9, 97, 1), ask(9, 1, 1)])
    const alone = await expected([...busy, ask(9, 98, 1)])
    // Three decodes leave 97 tokens of the budget: 97 are one step of 1.1 s, 98 one more for the last.
    expect(told[3].ttftS).toBeCloseTo(0.5 + 1.1, 9)
    expect(alone.told[3].ttftS).toBeCloseTo(0.5 + 1.1 + 1.004, 9)
  })

  test('a request beyond the sequence limit is expected to wait for a place', async () => {
    // Four decode, one more is one too many: a quarter of a mean output's steps of 1.004 s until a place is free.
    const busy = (fromS: number) => [0, 1, 2].map(() => ask(fromS, 10, 50))
    const first = await expected([...busy(0), ask(9, 10, 50), ask(12, 10, 50)])
    const waitS = first.told[4].ttftS - first.told[3].ttftS
    expect(waitS).toBeCloseTo((PRIOR_OUTPUT_TOKENS * 1.004) / 4 + 0.001, 9)
    // Once a request of 20 tokens has finished, that is the mean.
    const later = await expected([ask(0, 10, 20), ...busy(100), ask(109, 10, 50), ask(112, 10, 50)])
    expect(later.told[5].ttftS - later.told[4].ttftS).toBeCloseTo((20 * 1.004) / 4 + 0.001, 9)
  })

  test('the end is expected the predicted tokens after the first', async () => {
    const { told } = await expected([ask(0, 50, 40), ask(3, 40, 7)])
    for (const { e2eS, ttftS, tpotS } of told) {
      expect(e2eS).toBeCloseTo(ttftS + (PRIOR_OUTPUT_TOKENS - 1) * tpotS, 9)
    }
    expect(told[1].tpotS).toBeGreaterThan(told[0].tpotS)
  })
})

describe('of what few replicas have', () => {
  const step = new Linear({ stepS: 1, tokenS: 1e-3, contextTokenS: 0 })

  test('tokens that come several a step take so much less time each', async () => {
    const alone = await expected([ask(0, 50, 5)])
    const paced = await expected([ask(0, 50, 5)], { ...kind, pace: expectedPace(2.5) })
    // A prompt of 50 tokens comes in while the expected output is made, at no more than its own cost.
    const prefillS = 0.049 / PRIOR_OUTPUT_TOKENS
    expect(alone.told[0].tpotS).toBeCloseTo(1.001 + prefillS, 9)
    expect(paced.told[0].tpotS).toBeCloseTo(1.001 / 2.5 + prefillS, 9)
    expect(paced.told[0].usd - 0.049).toBeCloseTo((alone.told[0].usd - 0.049) / 2.5, 9)
  })

  test('places come free as many times sooner', async () => {
    const rows = [...[0, 0, 0].map(fromS => ask(fromS, 10, 500)), ask(9, 10, 500), ask(12, 10, 500)]
    const { told } = await expected(rows, { ...kind, pace: expectedPace(2) })
    const waitS = told[4].ttftS - told[3].ttftS
    expect(waitS).toBeCloseTo((PRIOR_OUTPUT_TOKENS * 1.004) / 2 / 4 + 0.001, 9)
  })

  test('time outside the engine is the same for all, but for the length of the prompt', async () => {
    const outside = { requestS: 0.25, promptTokenS: 0.001, replyS: 0.125 }
    const { told, found } = await expected([ask(0, 60, 5)], { ...kind, outside })
    expect(found[0].firstTokenS).toBeCloseTo(told[0].ttftS, 12)
  })

  const padding = new Padding({ batch: [2, 4], context: [64, 1024], prompt: [8, 40] })
  const compiled = { ...kind, latency: new Compiled(step, padding), maxModelLen: 1024, chunkBudget: 40 }

  test.each([5, 8, 9, 40, 41, 90, 1000])(
    'of a compiled stack the first token of a prompt of %i comes when expected, but for its last chunk',
    async inputTokens => {
      const { told, found } = await expected([ask(0, inputTokens, 5)], compiled)
      expect(Math.abs(found[0].firstTokenS - told[0].ttftS)).toBeLessThanOrEqual(0.04)
    },
  )

  test('a compiled stack is told of prompts that no bucket holds and that it rejects', async () => {
    const short = { ...compiled, maxModelLen: 40, tokenBudget: 4096, chunkBudget: 4096 }
    const { told, found } = await expected([ask(0, 900, 5)], short)
    expect(found[0].outcome).toBe(REJECTED)
    expect(told[0].ttftS).toBeGreaterThan(0)
    expect(told[0].usd).toBeGreaterThan(0)
  })

  test('a prompt is padded chunk by chunk', () => {
    const padding = (tokens: number) => 8 * Math.ceil(tokens / 8)
    const padded = { ...kind, latency: { ...kind.latency, paddedTokens: padding } as LatencyModel }
    expect(paddedPrompt(padded, 97)).toBe(104)
    expect(paddedPrompt(padded, 205)).toBe(104 + 104 + 8)
    expect(paddedPrompt({ ...padded, chunkBudget: 20 }, 45)).toBe(24 + 24 + 8)
    expect(paddedPrompt(kind, 45)).toBe(45)
  })

  test('a compiled stack that is full is still told of', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => ask(i, 900, 100))
    const { told } = await expected(rows, compiled)
    for (const { tpotS, usd } of told) {
      expect(tpotS).toBeGreaterThan(1)
      expect(usd).toBeGreaterThan(0)
    }
  })
})

describe('where prompts are computed apart from decodes', () => {
  const seen = { meanInputTokens: 1000, meanOutputTokens: 11 }
  /** Of a replica with so many decodes of 50 context tokens each, and nothing else. */
  const expectations = (decodes: number) => {
    const numbers = new Float64Array(READING)
    numbers[RUNNING] = decodes
    numbers[DECODES] = decodes
    numbers[CONTEXT_TOKENS] = 50 * decodes
    numbers[FREE_BLOCKS] = 1e6
    numbers[MIXED_END_S] = Number.NEGATIVE_INFINITY
    const told: Readings = { numbers, asOfS: new Float64Array(1), at: () => 0 }
    const requests = new RequestTable()
    requests.inputTokens[0] = 1000
    requests.predictedTokens[0] = 11
    return new Expectations(seen, requests, { load: told, kv: told })
  }

  test('who decodes has no prompt to compute, its own or those of others', () => {
    const decoding = new StepPrices({ ...kind, role: 'decode' })
    expect(expectations(2).ttftS(0, decoding, 0)).toBeCloseTo(1.003, 12)
    expect(expectations(2).tpotS(0, decoding, 0)).toBeCloseTo(1.003, 12)
    expect(expectations(2).ownS(0, decoding, 0)).toBeCloseTo((10 * 1.003) / 3, 12)
  })

  test('who computes prompts decodes nothing', () => {
    const computing = new StepPrices({ ...kind, role: 'prefill' })
    expect(expectations(0).ttftS(0, computing, 0)).toBeCloseTo(0.5 + 10 * 1.1, 9)
    expect(expectations(0).tpotS(0, computing, 0)).toBe(0)
    expect(expectations(0).ownS(0, computing, 920)).toBeCloseTo(0.079, 12)
  })
})
