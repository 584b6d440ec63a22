import { expect, test } from 'vitest'
import { race } from '../../src/experiments/race.ts'
import type { RunResult } from '../../src/results/run-result.ts'
import { entrants, preparedOf } from './scenarios.ts'

/* Whether simulated fleets move the way that papers have measured, on 70B and lengths like those they used. */

const H100 = 'aws-p5.48xlarge'
const A100 = 'aws-p4de.24xlarge'

interface PoolText {
  readonly name: string
  readonly node: string
  readonly nodes: number
  readonly role?: string
  readonly tokenBudget?: number
}

function scenario(ratePerS: number, pools: readonly PoolText[]): string {
  const isSplit = pools.some(({ role }) => role !== undefined)
  return `name: directions
model: llama-3.1-70b
region: us-ohio
warmup_s: 10
slo: { ttft_s: 2, tpot_s: 0.1 }
workload:
  generate:
    requests: 2000
    arrivals: { process: poisson, rate_per_s: ${ratePerS} }
    lengths:
      input: { lognormal: { median_tokens: 1020, sigma: 0.9, min_tokens: 16, max_tokens: 8000 } }
      output: { lognormal: { median_tokens: 129, sigma: 0.9, max_tokens: 1500 } }
${isSplit ? 'disaggregation: { decode_at: prefill-end, policy: least-tokens, layerwise: true }' : ''}
fleet:
${pools.map(poolText).join('\n')}
policies: [least-requests]
`
}

function poolText({ name, node, nodes, role = 'both', tokenBudget = 2048 }: PoolText): string {
  return `  - name: ${name}
    role: ${role}
    node: ${node}
    nodes: ${nodes}
    replica: { tp: 4, weights: bf16, kv: bf16 }
    engine: vllm
    batcher: { token_budget: ${tokenBudget}, max_model_len: 10000 }`
}

async function run(ratePerS: number, ...pools: PoolText[]): Promise<RunResult> {
  const { course } = await preparedOf(scenario(ratePerS, pools))
  const [standing] = await race(course, entrants('least-requests'))
  return standing.result
}

const prefillOn = (node: string) => ({ name: 'prefill', role: 'prefill', node, nodes: 2 })
const decodeOn = (node: string) => ({ name: 'decode', role: 'decode', node, nodes: 2 })

test('pools for prefill and decode take prompts out of the way of decodes, as Splitwise reports', async () => {
  const mixed = await run(16, { name: 'mixed', node: H100, nodes: 4 })
  const split = await run(16, prefillOn(H100), decodeOn(H100))
  // Nobody who reads waits for a prompt: the longest gaps between tokens shrink to a decode step.
  expect(mixed.itl.p99).toBeGreaterThan(5 * split.itl.p99)
  expect(split.itl.p99).toBeLessThan(1.1 * split.itl.p50)
  // A prompt finds no decodes in its steps.
  expect(split.ttft.p50).toBeLessThan(mixed.ttft.p50)
})

test('prefill on H100 and decode on A100 has the TTFT of the one and the TBT of the other, as Splitwise-HA', async () => {
  const all = await run(16, { name: 'a100', node: A100, nodes: 4 })
  const onH100 = await run(16, prefillOn(H100), decodeOn(H100))
  const split = await run(16, prefillOn(H100), decodeOn(A100))
  expect(split.ttft.p50).toBeCloseTo(onH100.ttft.p50, 3)
  expect(split.ttft.p50).toBeLessThan(all.ttft.p50 / 2)
  // Decode is bound by memory: 2.0 TB/s beside 3.35.
  const slower = split.tpot.p50 / onH100.tpot.p50
  expect(slower).toBeGreaterThan(1.5)
  expect(slower).toBeLessThan(2.2)
  expect(split.tpot.p50).toBeLessThan(all.tpot.p50)
})

test('larger chunks trade the time between tokens for the time to the first, as Sarathi reports', async () => {
  const runs = []
  for (const tokenBudget of [256, 1024, 4096]) {
    runs.push(await run(20, { name: 'mixed', node: A100, nodes: 6, tokenBudget }))
  }
  const [small, middle, large] = runs
  expect(small.ttft.p50).toBeGreaterThan(middle.ttft.p50)
  expect(middle.ttft.p50).toBeGreaterThanOrEqual(large.ttft.p50)
  expect(small.itl.p99).toBeLessThan(middle.itl.p99 / 2)
  expect(middle.itl.p99).toBeLessThan(large.itl.p99 / 2)
})
