import { describe, expect, test } from 'vitest'
import { type BatcherName, batchers } from '../../src/batching/registry.ts'
import { below, type Random, stream } from '../../src/core/random.ts'
import { FakeReplica, type FakeRequest, type FormedStep, type Limits } from './fake-replica.ts'

const CUTTING: readonly BatcherName[] = ['chunked-prefill', 'decode-first']

function randomLimits(random: Random): Limits {
  const oneOf = (...values: number[]) => values[below(random, values.length)]
  const maxSequences = oneOf(1, 2, 3, 8)
  return {
    maxSequences,
    tokenBudget: maxSequences + oneOf(0, 1, 5, 20),
    chunkBudget: oneOf(1, 2, 7, Infinity),
    maxPrefills: oneOf(1, 2, Infinity),
    memoryTokens: oneOf(10, 30, Infinity),
  }
}

/** Two of five have their KV already, as if it had come from elsewhere; some of those but for a token. */
function comeAtRandom(replica: FakeReplica, random: Random): FakeRequest {
  const promptTokens = 1 + below(random, 20)
  const choice = below(random, 5)
  return replica.come(
    promptTokens,
    1 + below(random, 6),
    choice < 2 ? promptTokens - (choice === 0 ? 1 : 0) : 0,
  )
}

/** Runs requests to their end, some there from the start and others coming; every step is looked at. */
function serve(
  name: BatcherName,
  seed: number,
  check: (step: FormedStep, replica: FakeReplica) => void,
): void {
  const random = stream(seed, 'limits')
  const replica = new FakeReplica(batchers[name].batcher, randomLimits(random))
  const open = new Set(Array.from({ length: below(random, 12) }, () => comeAtRandom(replica, random)))
  for (let toCome = 20; toCome > 0 || open.size > 0; ) {
    if (toCome > 0 && below(random, 4) === 0) {
      open.add(comeAtRandom(replica, random))
      toCome--
    }
    if (open.size === 0) continue
    const step = replica.step()
    check(step, replica)
    for (const request of step.ended) expect(open.delete(request)).toBe(true)
  }
}

const SEEDS = Array.from({ length: 150 }, (_, seed) => seed)

function chunkTokens(step: FormedStep): number {
  return step.chunks.reduce((sum, { tokens }) => sum + tokens, 0)
}

describe.each(Object.keys(batchers) as BatcherName[])('%s', name => {
  function eachStep(check: (step: FormedStep, replica: FakeReplica) => void): void {
    for (const seed of SEEDS) serve(name, seed, check)
  }

  test('comes to an end of every step and every request, whatever is refused', () => {
    let joined = 0
    eachStep(step => {
      expect(step.decodes.length + step.chunks.length).toBeGreaterThan(0)
      joined += step.joined.length
    })
    expect(joined).toBeGreaterThan(200)
  })

  test('carries no more than the budgets, but for a whole prompt by itself where it cuts none', () => {
    eachStep((step, { limits }) => {
      const chunks = chunkTokens(step)
      const isOneWhole = step.chunks.length === 1 && !CUTTING.includes(name)
      if (name === 'static' || isOneWhole) return
      expect(chunks).toBeLessThanOrEqual(limits.chunkBudget)
      expect(chunks + step.decodes.length).toBeLessThanOrEqual(limits.tokenBudget)
    })
  })

  test('has no more unfinished prefills than it may, nor more running', () => {
    eachStep((step, { limits, running }) => {
      expect(step.prefills).toBeLessThanOrEqual(limits.maxPrefills)
      expect(running).toBeLessThanOrEqual(limits.maxSequences)
    })
  })

  test('does not change its mind about a queue while the same requests decode', () => {
    let met = 0
    for (const seed of SEEDS) {
      let heldBefore: readonly FakeRequest[] | undefined
      serve(name, seed, (step, { queue }) => {
        // Whoever comes goes to the end of the queue: nothing is new while somebody waits before it.
        if (heldBefore !== undefined && heldBefore.length > 0) {
          met++
          expect([step.joined.length, step.chunks.length]).toEqual([0, 0])
        }
        const isSteady = step.chunks.length === 0 && step.ended.length === 0
        heldBefore = isSteady ? [...queue] : undefined
      })
    }
    expect(met).toBeGreaterThan(100)
  })
})

/** What a step carries: tokens of each chunk, and how many decodes. */
function carried({ chunks, decodes }: FormedStep): [number[], number] {
  return [chunks.map(({ tokens }) => tokens), decodes.length]
}

function steps(replica: FakeReplica, count: number): [number[], number][] {
  return Array.from({ length: count }, () => carried(replica.step()))
}

describe('decode-first', () => {
  test('runs its decodes to the end before prompts start, as many as a step holds', () => {
    const replica = new FakeReplica(batchers['decode-first'].batcher, { tokenBudget: 10 })
    for (const promptTokens of [4, 5, 3]) replica.come(promptTokens, promptTokens - 2)
    expect(steps(replica, 4)).toEqual([
      [[4, 5], 0],
      [[], 2],
      [[], 1],
      [[3], 0],
    ])
  })

  test('cuts a prompt longer than the budget, whose rest shares a step', () => {
    const replica = new FakeReplica(batchers['decode-first'].batcher, { chunkBudget: 8, tokenBudget: 100 })
    for (const promptTokens of [20, 3, 2]) replica.come(promptTokens, 2)
    expect(steps(replica, 5)).toEqual([
      [[8], 0],
      [[8], 0],
      [[4, 3], 0],
      [[], 2],
      [[2], 0],
    ])
  })

  test('takes in what has only to decode while others decode, and not while prompts are computed', () => {
    const replica = new FakeReplica(batchers['decode-first'].batcher, { tokenBudget: 10 })
    replica.come(4, 3)
    replica.come(6, 2, 6)
    replica.come(1, 1)
    expect(steps(replica, 4)).toEqual([
      [[4], 0],
      [[], 2],
      [[], 2],
      [[1], 0],
    ])
  })
})

describe('what has only to decode', () => {
  test('takes one token of the budget beside chunks', () => {
    for (const name of ['chunked-prefill', 'continuous'] as const) {
      const replica = new FakeReplica(batchers[name].batcher, { tokenBudget: 4, maxSequences: 4 })
      for (const [prompt, computed] of [
        [3, 0],
        [5, 5],
        [5, 5],
      ])
        replica.come(prompt, 3, computed)
      expect(steps(replica, 2)).toEqual([
        [[3], 1],
        [[], 3],
      ])
    }
  })

  test('joins at once under prefill-first, and decodes when no prompt is left to go first', () => {
    const replica = new FakeReplica(batchers['prefill-first'].batcher)
    replica.come(5, 2, 5)
    replica.come(3, 2)
    expect(steps(replica, 3)).toEqual([
      [[3], 0],
      [[], 2],
      [[], 1],
    ])
  })

  test('is not counted among the unfinished prefills', () => {
    const replica = new FakeReplica(batchers['chunked-prefill'].batcher, { tokenBudget: 8, maxPrefills: 1 })
    for (const [prompt, computed] of [
      [9, 9],
      [4, 0],
      [2, 2],
      [3, 0],
    ])
      replica.come(prompt, 4, computed)
    // The last waits for the one before it, and takes its place as soon as it is done.
    expect(steps(replica, 2)).toEqual([
      [[4], 2],
      [[3], 3],
    ])
  })
})

test('a limit of one prefill at a time leaves the rest of the budget alone', () => {
  const replica = new FakeReplica(batchers['chunked-prefill'].batcher, { tokenBudget: 10, maxPrefills: 1 })
  for (const promptTokens of [14, 3, 3]) replica.come(promptTokens, 9)
  expect(steps(replica, 4)).toEqual([
    [[10], 0],
    [[4], 0],
    [[3], 1],
    [[3], 2],
  ])
})

test('a budget for chunks is left to prompts alone', () => {
  const replica = new FakeReplica(batchers['chunked-prefill'].batcher, { tokenBudget: 100, chunkBudget: 4 })
  for (const promptTokens of [6, 5]) replica.come(promptTokens, 9)
  expect(steps(replica, 4)).toEqual([
    [[4], 0],
    [[2, 2], 0],
    [[3], 1],
    [[], 2],
  ])
})
