import { describe, expect, it } from 'vitest'
import { saturationRequestsPerS, saturationTokensPerS } from '../../src/fleet/saturation.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'

function kind(requestsPerS: number, role?: ReplicaKind['role']): ReplicaKind {
  const rates = { saturationRequestsPerS: requestsPerS, saturationTokensPerS: 100 * requestsPerS }
  return { ...rates, ...(role && { role }) } as unknown as ReplicaKind
}

describe('what a fleet serves when saturated', () => {
  it('is what its replicas do', () => {
    const course = { kinds: [kind(3), kind(5)], replicas: [0, 0, 1] }
    expect(saturationRequestsPerS(course)).toBe(11)
    expect(saturationTokensPerS(course)).toBe(1100)
  })

  it.each([
    ['prompts', 2, 9, 2, 200],
    ['decodes', 9, 2, 2, 200],
  ])('is bounded by its %s where these are computed apart', (_, prefills, decodes, requests, tokens) => {
    const course = {
      kinds: [kind(prefills, 'prefill'), kind(decodes, 'decode'), kind(1)],
      replicas: [0, 1, 2],
    }
    expect(saturationRequestsPerS(course)).toBeCloseTo(requests + 1, 12)
    expect(saturationTokensPerS(course)).toBeCloseTo(tokens + 100, 10)
  })

  it('is what the model serves that has the most to do for its replicas', () => {
    const kinds = [kind(3), { ...kind(4), modelId: 1 }]
    const course = { kinds, replicas: [0, 1], modelShares: [0.5, 0.5] }
    expect(saturationRequestsPerS(course)).toBe(6)
    // The second has 3 of its 4 requests a second to do then.
    expect(saturationTokensPerS(course)).toBeCloseTo(300 + 300, 10)
    expect(saturationRequestsPerS({ ...course, modelShares: [0.2, 0.8] })).toBe(5)
  })

  it('gives models that take turns an even part of the time', () => {
    const sharedDevices = [{ replicas: [0, 1], loadS: [1, 1], patienceS: 1 }]
    expect(saturationRequestsPerS({ kinds: [kind(4), kind(2)], replicas: [0, 1], sharedDevices })).toBe(3)
  })
})
