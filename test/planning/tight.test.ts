import { expect, test } from 'vitest'
import { race } from '../../src/experiments/race.ts'
import { boundOf } from '../../src/planning/bound.ts'
import { gapOf } from '../../src/planning/gaps.ts'
import { oneServerScenario, preparedOf } from '../experiments/scenarios.ts'

/** One replica with work from its first moment on, all of one length. */
function saturated(input: number, output: number, sequences: number, requests: number): string {
  return `name: saturated
model: llama-3.1-8b
region: us-ohio
slo: { ttft_s: 100000, tpot_s: 100, attainment: 1 }
workload:
  generate:
    requests: ${requests}
    arrivals: { process: poisson, rate_per_s: 10000 }
    lengths: { input: { fixed: ${input} }, output: { fixed: ${output} } }
fleet:
  - node: aws-p5.48xlarge
    nodes: 1
    replica: { replicas_per_node: 1 }
    engine: vllm
    batcher: { max_sequences: ${sequences}, max_model_len: 8192 }
policies: [random]
`
}

async function gapIn(text: string) {
  const { course } = await preparedOf(text)
  const [standing] = await race(course, [{ name: 'round-robin', label: 'round-robin' }])
  return gapOf(course, await boundOf(course), standing, 1)
}

test('where requests are served one at a time the bound is what they cost', async () => {
  const fixed = await gapIn(oneServerScenario(500))
  expect(fixed.usd).toBeGreaterThanOrEqual(0)
  expect(fixed.usd).toBeLessThan(1e-5)
  const operators = await gapIn(saturated(500, 50, 1, 100))
  expect(operators.usd).toBeLessThan(1e-5)
  expect(operators.joules).toBeLessThan(0.01)
})

test.each([
  ['long answers', 64, 512, 64, 2000],
  ['long answers of few at a time', 128, 1024, 32, 500],
  ['prompts alone', 2048, 1, 64, 1000],
  ['as many at a time as prompts hide behind', 512, 128, 256, 4000],
] as const)(
  'saturated work of one length is within 5 %% of the bound: %s',
  async (_, input, output, sequences, requests) => {
    const gap = await gapIn(saturated(input, output, sequences, requests))
    expect(gap.usd).toBeGreaterThan(0)
    expect(gap.usd).toBeLessThan(0.05)
    expect(gap.spent.aboveIdleJ / gap.bound.aboveIdleJ).toBeLessThan(1.05)
  },
)

test('prompts that come in lumps leave bandwidth unused, which the bound uses: the gap is told and bounded', async () => {
  const gap = await gapIn(saturated(512, 128, 64, 2000))
  expect(gap.usd).toBeGreaterThan(0.05)
  expect(gap.usd).toBeLessThan(0.4)
})
