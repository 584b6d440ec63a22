import { describe, expect, test } from 'vitest'
import { race } from '../../src/experiments/race.ts'
import { boundOf } from '../../src/planning/bound.ts'
import { gapOf } from '../../src/planning/gaps.ts'
import { type PolicyFactory, WAIT } from '../../src/routing/contract.ts'
import { oneServerScenario, preparedOf } from '../experiments/scenarios.ts'

/** Prompt and output tokens, how many run at once, and how many there are. */
type Shape = readonly [input: number, output: number, sequences: number, requests: number]

/** One replica with work from its first moment on, all of one length. */
function saturated([input, output, sequences, requests]: Shape): string {
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

/** The same under a policy that holds requests, and sends so many together as often as the bound has it that they may end. */
async function pacedGapIn(shape: Shape, together: number) {
  const { course } = await preparedOf(saturated(shape))
  const bound = await boundOf(course)
  const eachS = (bound.at(1).busyUsd / course.kinds[0].usdPerHour) * (3600 / shape[3])
  const entry = {
    about: 'evenly',
    options: {},
    waits: true,
    make: paced(together, together * eachS),
  } as const
  const [standing] = await race(course, [{ name: 'paced', label: 'paced', entry }])
  return gapOf(course, bound, standing, 1)
}

function paced(together: number, everyS: number): PolicyFactory {
  return setup =>
    ({ number }, { nowS }) => {
      const dueS = Math.floor(number / together) * everyS
      if (nowS >= dueS) return 0
      setup.askAgainAt(dueS)
      return WAIT
    }
}

test('where requests are served one at a time the bound is what they cost', async () => {
  const fixed = await gapIn(oneServerScenario(500))
  expect(fixed.usd).toBeGreaterThanOrEqual(0)
  expect(fixed.usd).toBeLessThan(1e-5)
  const operators = await gapIn(saturated([500, 50, 1, 100]))
  expect(operators.usd).toBeLessThan(1e-5)
  expect(operators.joules).toBeLessThan(0.01)
})

test.each<[string, Shape]>([
  ['long answers', [64, 512, 64, 2000]],
  ['long answers of few at a time', [128, 1024, 32, 500]],
  ['prompts alone', [2048, 1, 64, 1000]],
  ['as many at a time as prompts hide behind', [512, 128, 256, 4000]],
  ['few at a time', [1000, 100, 16, 1000]],
  ['prompts longer than a step holds', [4000, 100, 64, 600]],
  ['more than KV has room for', [3000, 500, 128, 600]],
])('saturated work of one length is within 5 %% of the bound: %s', async (_, shape) => {
  const gap = await gapIn(saturated(shape))
  expect(gap.usd).toBeGreaterThan(0)
  expect(gap.usd).toBeLessThan(0.05)
  expect(gap.spent.aboveIdleJ / gap.bound.aboveIdleJ).toBeLessThan(1.05)
})

describe('who comes together goes on together: a step is full of prompts, then many have none', () => {
  test.each<[string, Shape, together: number]>([
    ['one at a time', [512, 128, 64, 2000], 1],
    ['one at a time, of few', [300, 30, 8, 1500], 1],
    ['two at a time', [100, 100, 100, 4000], 2],
  ])('which a policy that sends evenly need not suffer: %s', async (_, shape, together) => {
    const atOnce = await gapIn(saturated(shape))
    expect(atOnce.usd).toBeGreaterThan(0.05)
    expect(atOnce.usd).toBeLessThan(0.2)
    const evenly = await pacedGapIn(shape, together)
    expect(evenly.usd).toBeGreaterThan(0)
    expect(evenly.usd).toBeLessThan(0.05)
    expect(evenly.spent.aboveIdleJ / evenly.bound.aboveIdleJ).toBeLessThan(1.05)
  })
})
