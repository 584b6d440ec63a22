import { describe, expect, it } from 'vitest'
import { atRate } from '../../src/experiments/prepare.ts'
import { race } from '../../src/experiments/race.ts'
import { saturationOf } from '../../src/experiments/saturation.ts'
import { saturationRequestsPerS } from '../../src/fleet/saturation.ts'
import { orderFactory } from '../../src/ordering/registry.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { entrants, mixedScenario, oneServerScenario, preparedOf } from './scenarios.ts'

const prepared = await preparedOf(mixedScenario({ requests: 20_000 }))
const saturation = saturationRequestsPerS(prepared.course)
const fair = entrants('weighted-round-robin')

/** What the queues gain over the second half of the run, over the requests that arrive in it. */
async function queueGrowth(load: number): Promise<number> {
  const [{ result }] = await race(atRate(prepared, load * saturation), fair)
  const { samples, lastArrivalS, requests } = result
  const waitingAt = (timeS: number) => {
    const last = samples.findLast(sample => sample.timeS <= timeS)!.timeS
    return samples
      .filter(sample => sample.timeS === last)
      .reduce((sum, sample) => sum + sample.waitingRequests, 0)
  }
  return (waitingAt(lastArrivalS) - waitingAt(lastArrivalS / 2)) / (requests / 2)
}

describe('the estimated saturation', () => {
  it('is where queues, fairly fed, begin to grow', async () => {
    expect(await queueGrowth(0.9)).toBeLessThan(0.005)
    const growth = await queueGrowth(1.05)
    expect(growth).toBeGreaterThan(0.03)
    expect(growth).toBeLessThan(0.07)
  })

  it('is what an overloaded fleet serves', async () => {
    const [{ figures, result }] = await race({ ...atRate(prepared, 1.3 * saturation), warmupS: 10 }, fair)
    expect(result.endedInWindow / result.windowS / saturation).toBeCloseTo(1, 1.7)
    expect(figures.load).toBeGreaterThan(0.97)
    expect(figures.load).toBeLessThan(1.02)
  })

  it('of a server of fixed time is one over that time', async () => {
    const { course } = await preparedOf(oneServerScenario(500))
    expect(course.kinds[0].saturationRequestsPerS).toBeCloseTo(2, 9)
    expect(course.kinds[0].saturationTokensPerS).toBeCloseTo(2, 9)
  })

  it('is the same every time', async () => {
    const { sample } = prepared.workload.measured
    const once = await saturationOf(prepared.course.kinds[0], sample, prepared.course)
    expect(await saturationOf(prepared.course.kinds[0], sample, prepared.course)).toEqual(once)
  })

  it('counts requests that a kind rejects as served at no cost', async () => {
    const [kind] = prepared.course.kinds
    const { sample } = prepared.workload.measured
    const short = { ...kind, maxModelLen: 500 }
    const rejecting = await saturationOf(short, sample, prepared.course)
    const all = await saturationOf(kind, sample, prepared.course)
    expect(rejecting.requestsPerS).toBeGreaterThan(1.5 * all.requestsPerS)
  })

  it('says so when a kind rejects every request', async () => {
    const [kind] = prepared.course.kinds
    const { sample } = prepared.workload.measured
    await expect(saturationOf({ ...kind, maxModelLen: 2 }, sample, prepared.course)).rejects.toThrow(
      /big rejects every request .* max_model_len, 2/,
    )
  })

  it('sets the pace where the workload has a load', () => {
    expect(prepared.workload.ratePerS).toBeCloseTo(0.7 * saturation, 9)
  })

  describe('of a replica that has a part only', () => {
    const [kind] = prepared.course.kinds
    const of = (more: Partial<ReplicaKind>) =>
      saturationOf({ ...kind, ...more }, prepared.workload.measured.sample, prepared.course)

    it('is that of its part', async () => {
      const whole = await of({})
      const prompts = await of({ role: 'prefill' })
      const decodes = await of({ role: 'decode' })
      for (const { requestsPerS } of [prompts, decodes])
        expect(requestsPerS).toBeGreaterThan(whole.requestsPerS)
      expect(prompts.tokensPerS).toBeCloseTo(prompts.requestsPerS, 9)
      // Each second of the whole is either a prompt's or a decode's, but for what they share.
      const apart = 1 / prompts.requestsPerS + 1 / decodes.requestsPerS
      expect(apart).toBeGreaterThan(0.9 / whole.requestsPerS)
    })

    it('does not depend on who else is there, on delays, on caches of its own or on the order of a queue', async () => {
      const shortest = orderFactory('oracle-sjf', {}, [])!
      const more = {
        modelId: 3,
        startS: 1000,
        outside: { requestS: 5, promptTokenS: 1, replyS: 7 },
        prefixCache: { bytesPerToken: 1 },
        order: shortest,
      }
      expect(await of(more)).toEqual(await of({}))
    })

    it('is bounded by its slots where KV has no pages', async () => {
      const slots = await of({ reservedTokens: 2 ** 17, kvBlocks: (4 * 2 ** 17) / kind.blockTokens })
      const four = await of({ maxSequences: 4 })
      expect(slots.requestsPerS / four.requestsPerS).toBeCloseTo(1, 1.7)
    })
  })
})
