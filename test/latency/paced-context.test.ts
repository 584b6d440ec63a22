import { describe, expect, it } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import {
  addedBy,
  batchAfter,
  contextAt,
  contextHeld,
  contextHeldOver,
  contextRead,
  stepsWithin,
} from '../../src/latency/context.ts'
import type { ContextWindow, DecodeBatch, Pace } from '../../src/latency/contract.ts'
import { Eager, eagerOperators } from '../../src/latency/eager.ts'
import { Linear } from '../../src/latency/linear.ts'
import { Operators } from '../../src/latency/operators.ts'
import { expectedPace } from '../../src/latency/pace.ts'
import { OPERATORS } from './cases.ts'
import { PACES, relativeError, somePacedBatch } from './steps.ts'

const WINDOWS: (ContextWindow | undefined)[] = [
  undefined,
  { tokens: 7, share: 0.5 },
  { tokens: 128, share: 0.25 },
  { tokens: 4096, share: 1 },
]

/** Contexts of a batch that emits step by step: what each step reads, its own token included. */
function readsOneByOne(batch: DecodeBatch, pace: Pace, steps: number): number[] {
  const { sequences, window, originStep = 0 } = batch
  const reads: number[] = []
  let held = batch.contextTokens
  for (let step = 0; step < steps; step++) {
    const now = held + sequences
    const near = window === undefined ? now : Math.min(now, sequences * window.tokens)
    const share = window?.share ?? 0
    reads.push((1 - share) * now + share * near)
    held += sequences * (pace.tokensBy(originStep + step + 1) - pace.tokensBy(originStep + step))
  }
  return reads
}

describe.each(WINDOWS)('context under a pace and a window of $tokens', window => {
  const random = stream('paced', `context ${window?.tokens}`)
  const batches = Array.from({ length: 120 }, (): DecodeBatch & { pace: Pace } => {
    const sequences = 1 + below(random, 9)
    return {
      sequences,
      contextTokens: below(random, sequences * ((window?.tokens ?? 500) + 20)),
      window,
      pace: PACES[below(random, PACES.length)],
      originStep: below(random, 100_000),
    }
  })

  it('is what each step finds and a token of its own', () => {
    for (const batch of batches) {
      const reads = readsOneByOne(batch, batch.pace, 300)
      expect(reads.map((_, i) => contextAt(batch, i + 1))).toEqual(reads)
    }
  })

  it('is summed over steps in closed form, exactly', () => {
    for (const batch of batches) {
      const reads = readsOneByOne(batch, batch.pace, 4000)
      let sum = 0
      for (const [i, read] of reads.entries()) {
        sum += read
        if (i % 61 === 0 || i === 3999) expect(contextRead(batch, i + 1)).toBe(sum)
      }
      expect(contextRead(batch, 0)).toBe(0)
    }
  })

  it('goes on where a batch is taken up again', () => {
    for (const batch of batches) {
      const longest = { ...batch, longestTokens: 900 }
      const after = batchAfter(longest, 37)
      expect(contextAt(after, 5)).toBe(contextAt(batch, 42))
      expect(contextHeldOver(after, 9)).toBe(contextHeldOver(batch, 46) - contextHeldOver(batch, 37))
      expect(after.longestTokens! + addedBy(after, 5)).toBe(900 + addedBy(batch, 42))
    }
  })
})

it('counts the steps within so many tokens', () => {
  for (let trial = 0; trial < 200; trial++) {
    const batch = somePacedBatch()
    for (const tokens of [-3, 0, 1, 2, 17, 1000]) {
      const steps = stepsWithin(batch, tokens)
      if (steps > 0) expect(addedBy(batch, steps)).toBeLessThanOrEqual(tokens)
      expect(addedBy(batch, steps + 1)).toBeGreaterThan(tokens)
    }
  }
})

it('is the same to the bit under a pace of one token a step as under none', () => {
  const one = expectedPace(1)
  for (const window of WINDOWS) {
    const plain = { sequences: 7, contextTokens: 1234, window }
    const paced = { ...plain, pace: one, originStep: 98_765 }
    for (const steps of [0, 1, 2, 800, 5000]) {
      expect(contextHeld(paced, steps + 1)).toBe(contextHeld(plain, steps + 1))
      expect(contextRead(paced, steps)).toBe(contextRead(plain, steps))
    }
    expect(stepsWithin(paced, 55)).toBe(stepsWithin(plain, 55))
  }
})

describe('the least time of a layer, under a pace', () => {
  const options = OPERATORS['llama-70b fp8 on four h100']
  const plain = new Operators(options)
  const short = { sequences: 4, contextTokens: 400 }
  const layerS = (1.01 * plain.gapSeconds(short, 1)) / 80 - 4e-6
  const constants = { ...options.constants, floor: { layerS, memberS: 1e-6 } }
  const floored = new Operators({ ...options, constants })

  it.each(PACES.map((pace, i) => ({ pace, i })))('holds up to the step that outgrows it, $i', ({ pace }) => {
    const batch = { ...short, pace, originStep: 5001 }
    const steady = floored.steadySteps(batch)
    expect(steady).toBeGreaterThan(30)
    expect(steady).toBeLessThan(floored.steadySteps(short))
    expect(floored.gapSeconds(batch, steady)).toBe(floored.gapSeconds(batch, 1))
    expect(floored.gapSeconds(batch, steady + 1)).toBeGreaterThan(floored.gapSeconds(batch, 1))
    let sum = 0
    for (let step = 1; step <= steady + 300; step++) {
      sum += floored.gapSeconds(batch, step)
      if (step % 37 === 0 || Math.abs(step - steady) < 3) {
        expect(relativeError(floored.decodeSeconds(batch, step), sum)).toBeLessThan(1e-11)
      }
    }
  })

  it('is no longer looked for beyond any output where contexts never outgrow it', () => {
    const high = { ...options.constants, floor: { layerS: 1e9, memberS: 0 } }
    const model = new Operators({ ...options, constants: high })
    for (const pace of PACES) {
      const steady = model.steadySteps({ ...short, pace, originStep: 3 })
      expect(pace.tokensBy(3 + steady) - pace.tokensBy(3)).toBeGreaterThan(1_000_000)
    }
  })
})

describe('an eager engine under a pace', () => {
  it('tells batches apart by their pace and where it stands', () => {
    const model = eagerOperators(OPERATORS['llama-8b on one h100'])
    const plain = { sequences: 3, contextTokens: 5000 }
    const batches: DecodeBatch[] = [
      plain,
      { ...plain, originStep: 9 },
      ...PACES.flatMap(pace => [0, 1, 2, 3, 1000].map(originStep => ({ ...plain, pace, originStep }))),
    ]
    for (const steps of [40, 7, 300]) {
      for (const batch of batches) {
        let sum = 0
        for (let step = 1; step <= steps; step++) sum += model.gapSeconds(batch, step)
        expect(model.decodeSeconds(batch, steps)).toBe(sum)
      }
    }
  })

  it('keeps the sums of a batch without one from wherever its replica stands', () => {
    let asked = 0
    const line = new Linear({ stepS: 1, tokenS: 0, contextTokenS: 0 })
    const counting = Object.assign(Object.create(line), {
      gapSeconds: () => {
        asked++
        return 1
      },
    })
    const model = new Eager(counting, [1])
    const batch = { sequences: 2, contextTokens: 10 }
    model.decodeSeconds({ ...batch, originStep: 4 }, 50)
    model.decodeSeconds({ ...batch, originStep: 900 }, 50)
    expect(asked).toBe(50)
  })
})
