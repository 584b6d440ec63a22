import { describe, expect, it } from 'vitest'
import type { Course } from '../../src/fleet/course.ts'
import { type PolicyChoice, simulate } from '../../src/simulate.ts'
import { preparedOf } from './scenarios.ts'

/** Replicas 0 and 1 compute prompts, 2 and 3 do both; if asked for, 4 and 5 decode. */
function scenario({ decoders = false } = {}): string {
  const pool = (role: string) => `
  - name: ${role}s
    role: ${role}
    node: aws-p5.48xlarge
    nodes: 1
    replica: { tp: 4 }
    engine: vllm
    batcher: { token_budget: 2048, max_model_len: 8192 }`
  return `name: beside
seed: 1
model: llama-3.1-8b
region: us-virginia
slo: { ttft_s: 1, tpot_s: 0.05 }
workload:
  generate:
    requests: 600
    arrivals: { process: poisson, rate_per_s: 60 }
    lengths:
      input: { lognormal: { median_tokens: 800, sigma: 1, max_tokens: 6000 } }
      output: { lognormal: { median_tokens: 60, sigma: 0.7, max_tokens: 400 } }
disaggregation: {}
fleet:${pool('prefill')}${pool('both')}${decoders ? pool('decode') : ''}
policies: [least-requests]
`
}

interface Way {
  readonly inputTokens: number
  /** Where the prompt was computed, if elsewhere than decoded; else -1. */
  readonly from: number
  readonly to: number
}

async function waysOf(course: Course, choice: PolicyChoice): Promise<Way[]> {
  const ways: Way[] = []
  await simulate(course, choice, {
    onEnd(request, { inputTokens, replica, journeys }) {
      ways.push({
        inputTokens: inputTokens[request],
        from: journeys.prefillReplica.at(request),
        to: replica[request],
      })
    },
  })
  return ways
}

describe('a fleet of replicas that compute prompts beside ones that do both', () => {
  it('keeps short prompts whole and hands over long ones under pd-split', async () => {
    const { course } = await preparedOf(scenario())
    const ways = await waysOf(course, { name: 'pd-split', options: { threshold_tokens: 700 } })
    expect(ways).toHaveLength(600)
    for (const { inputTokens, from, to } of ways) {
      expect([2, 3]).toContain(to)
      if (inputTokens >= 700 && from === -1) throw new Error(`${inputTokens} tokens were not handed over`)
      if (inputTokens < 700) expect(from).toBe(-1)
    }
    expect(new Set(ways.map(({ from }) => from))).toEqual(new Set([-1, 0, 1]))
  })

  it('has every request go one way with a threshold of 0 or above every prompt', async () => {
    const { course } = await preparedOf(scenario({ decoders: true }))
    const always = await waysOf(course, { name: 'pd-split', options: { threshold_tokens: 0 } })
    expect(always.every(({ from }) => from >= 0)).toBe(true)
    const never = await waysOf(course, { name: 'pd-split', options: { threshold_tokens: 1e6 } })
    expect(never.every(({ from }) => from === -1)).toBe(true)
  })

  it('lends what does both under mixed-pool only when prompts queue', async () => {
    const { course } = await preparedOf(scenario({ decoders: true }))
    const borrowed = (ways: readonly Way[]) => ways.filter(({ from }) => from === -1).length
    const patient = await waysOf(course, { name: 'mixed-pool', options: { prompt_max_pending_tokens: 1e6 } })
    const hasty = await waysOf(course, { name: 'mixed-pool', options: { prompt_max_pending_tokens: 500 } })
    expect(borrowed(patient)).toBe(0)
    expect(borrowed(hasty)).toBeGreaterThan(20)
    // Their KV is never full, so that none who takes over has to borrow.
    expect(patient.every(({ to }) => to >= 4)).toBe(true)
  })

  it('is loaded evenly under max-flow, by what gets through its links', async () => {
    const { course } = await preparedOf(scenario({ decoders: true }))
    const share = (ways: readonly Way[], isMeant: (way: Way) => boolean) =>
      ways.filter(isMeant).length / ways.length
    const wide = await waysOf(course, { name: 'max-flow' })
    expect(share(wide, ({ from }) => from === 0)).toBeCloseTo(
      share(wide, ({ from }) => from === 1),
      2,
    )
    expect(share(wide, ({ to }) => to === 4)).toBeCloseTo(
      share(wide, ({ to }) => to === 5),
      2,
    )

    const [, both] = course.kinds.map(kind => 2 * kind.saturationRequestsPerS)
    const linkRequestsPerS = both / 9
    const bytesPerRequest = course.meanInputTokens! * course.kinds[0].kvBytesPerToken!
    const [first, ...others] = course.network!.nodes
    const nic = { bytesPerS: linkRequestsPerS * bytesPerRequest, latencyS: 0 }
    const network = { nodes: [{ ...first, nic }, ...others] }
    const narrow = await waysOf({ ...course, network }, { name: 'max-flow' })
    expect(share(narrow, ({ from }) => from >= 0)).toBeCloseTo(0.1, 2)
    expect(share(wide, ({ from }) => from >= 0)).toBeGreaterThan(0.3)
  })
})
