import { describe, expect, it } from 'vitest'
import { saturationOf } from '../../src/experiments/saturation.ts'
import { sizedRequestsPerS } from '../../src/fleet/sizing.ts'
import { Linear } from '../../src/latency/linear.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import type { Slo } from '../../src/routing/contract.ts'
import { fleetOf, GOOD } from '../scenario/helpers.ts'
import { idleServers } from './servers.ts'

const ANY: Slo = { ttftS: Number.POSITIVE_INFINITY, tpotS: Number.POSITIVE_INFINITY }

/** A step takes 10 ms, and 1 ms a token; context costs nothing. */
const KIND: ReplicaKind = {
  ...idleServers(1).kinds[0],
  latency: new Linear({ stepS: 0.01, tokenS: 0.001, contextTokenS: 0 }),
  maxSequences: 8,
  kvBlocks: 1000,
}

describe('what a replica serves of requests of one size', () => {
  const size = { inputTokens: 20, outputTokens: 11 }
  /** What is served with a batch, each of which stays for a step of prefill and ten of decode. */
  const served = (batch: number) => batch / 11 / stepS(batch)
  const stepS = (batch: number) => 0.01 + batch * 0.001 + (batch / 11) * 0.02

  it('is its slots over what a request takes with all of them in use', () => {
    expect(sizedRequestsPerS(KIND, size, ANY)).toBeCloseTo(served(8), 12)
  })

  it('is with a smaller batch where memory, the token budget or the objectives want it so', () => {
    expect(sizedRequestsPerS({ ...KIND, kvBlocks: 4 }, size, ANY)).toBeCloseTo(served(2), 12)
    expect(sizedRequestsPerS({ ...KIND, chunkBudget: 20 }, { ...size, outputTokens: 2 }, ANY)).toBeCloseTo(
      1 / (0.012 + 0.02),
      12,
    )
    expect(sizedRequestsPerS(KIND, size, { ...ANY, tpotS: stepS(2) })).toBeCloseTo(served(2), 12)
    const e2eS = 0.03 + 10 * stepS(2) + 1e-9
    expect(sizedRequestsPerS(KIND, size, { ...ANY, e2eS })).toBeCloseTo(served(2), 12)
  })

  it('is none where a request alone breaks the objectives, or is rejected', () => {
    expect(sizedRequestsPerS(KIND, size, { ...ANY, ttftS: 0.029 })).toBe(0)
    expect(sizedRequestsPerS(KIND, size, { ...ANY, ttftS: 0.031 })).toBeGreaterThan(0)
    expect(sizedRequestsPerS(KIND, size, { ...ANY, tpotS: 0.01 })).toBe(0)
    expect(sizedRequestsPerS(KIND, { ...size, inputTokens: 1024 }, ANY)).toBe(0)
  })

  it('is of the part that the replica does', () => {
    const prefill = { ...KIND, role: 'prefill' as const, tokenBudget: 100 }
    expect(sizedRequestsPerS(prefill, size, ANY)).toBeCloseTo(5 / 0.11, 10)
    const decode = { ...KIND, role: 'decode' as const }
    expect(sizedRequestsPerS(decode, size, { ...ANY, ttftS: 0 })).toBeCloseTo(8 / (10 * 0.018), 10)
  })
})

describe('of the shipped hardware', () => {
  const [kind] = fleetOf(GOOD).kinds
  const course = { seed: 1, slo: ANY, pue: 1, carbon: { gramsPerKwh: [400] } }

  it.each([
    [100, 20],
    [200, 200],
    [2000, 50],
    [2000, 400],
    [6000, 10],
  ])('is near what a replica serves of a backlog of %i + %i tokens', async (inputTokens, outputTokens) => {
    const column = (value: number) => new Int32Array(64).fill(value)
    const sample = {
      inputTokens: column(inputTokens),
      outputTokens: column(outputTokens),
      hitTokens: column(0),
      classId: new Uint8Array(64),
      modelId: column(-1),
    }
    const { requestsPerS } = await saturationOf(kind, sample, course)
    const expected = sizedRequestsPerS(kind, { inputTokens, outputTokens }, ANY)
    expect(expected / requestsPerS).toBeGreaterThan(0.9)
    expect(expected / requestsPerS).toBeLessThan(1.25)
  })
})
