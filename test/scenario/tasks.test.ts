import { describe, expect, it } from 'vitest'
import { prepare } from '../../src/experiments/prepare.ts'
import { simulate } from '../../src/simulate.ts'
import { catalogue, fleetOf, messageOf, mistake, parsed, variant } from './helpers.ts'
import { taskScenario } from './task-text.ts'

function changed(...changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the text has no ${from}`)
    return text.replace(from, to)
  }, taskScenario())
}

function prepared(text: string) {
  return prepare(parsed(text), catalogue, () => {
    throw new Error('no trace is opened here')
  })
}

describe('a fleet that serves a task', () => {
  it('has a replica on each device, which takes batches of samples and no longer requests', () => {
    const { kinds, replicas, spareWatts } = fleetOf(taskScenario())
    expect(replicas).toHaveLength(8)
    expect(spareWatts).toBe(0)
    expect(kinds[0]).toMatchObject({
      name: 'l4',
      devices: 1,
      batchDelayS: 0.002,
      tokenBudget: 64,
      maxSequences: 64,
      maxModelLen: 65,
    })
  })

  it('takes as long as work on peaks and input over the host link, by the catalogue', () => {
    const { latency } = fleetOf(taskScenario()).kinds[0]
    const step = {
      sequences: 0,
      contextTokens: 0,
      chunks: 1,
      chunkCachedTokens: 0,
      chunkPairs: 0,
      ordinal: 0,
    }
    const compute = 8.2e9 / (242e12 * 0.319)
    const input = 150_528 / 32e9
    expect(latency.stepSeconds({ ...step, chunkTokens: 64 })).toBeCloseTo(5e-4 + 64 * (compute + input), 12)
    const weights = 51e6 / 2 / (300e9 * 0.72)
    expect(latency.stepSeconds({ ...step, chunkTokens: 1 })).toBeCloseTo(5e-4 + weights + input, 12)
  })

  it('may be given measured times', () => {
    const text = changed([
      '    batcher:',
      '    latency: { model: samples, fixed_s: 0.001, sample_s: 0.0001 }\n    batcher:',
    ])
    const { latency } = fleetOf(text).kinds[0]
    const step = {
      sequences: 0,
      contextTokens: 0,
      chunks: 3,
      chunkCachedTokens: 0,
      chunkPairs: 0,
      ordinal: 0,
    }
    expect(latency.stepSeconds({ ...step, chunkTokens: 30 })).toBeCloseTo(0.004, 12)
  })

  it('runs: every request is answered by one token, in no time between tokens', async () => {
    const { course } = await prepared(taskScenario())
    const result = await simulate(course, { name: 'least-tokens' })
    expect(result.rejected).toBe(0)
    expect(result.finished).toBe(2000)
    expect(result.e2e.p99).toBeLessThan(0.1)
    expect(result.ttft.p50).toBe(result.e2e.p50)
  })

  it('serves, saturated, full batches', async () => {
    const { fleet } = await prepared(taskScenario())
    const [kind] = fleet.kinds
    const step = {
      sequences: 0,
      contextTokens: 0,
      chunks: 16,
      chunkCachedTokens: 0,
      chunkPairs: 0,
      ordinal: 0,
    }
    const perS = 16 / kind.latency.stepSeconds({ ...step, chunkTokens: 64 })
    expect(kind.saturationRequestsPerS / perS).toBeCloseTo(1, 6)
  })
})

describe('mistakes about tasks', () => {
  it('none', () => expect(mistake(taskScenario())).toBe('no mistake'))

  it.each([
    [
      'a model beside it',
      ['region:', 'model: llama-3.1-8b\nregion:'],
      's.yaml:2:1: the file has model and task; must have one of them',
    ],
    [
      'an unknown task',
      ['resnet50', 'resnet'],
      's.yaml:2:7: task is "resnet"; no task is called that: did you mean resnet50?',
    ],
    ['an engine', ['    nodes: 2', '    nodes: 2\n    engine: vllm'], "fleet[0] has no key 'engine'"],
    [
      'a parallelism',
      ['weights: int8', 'tp: 2'],
      "fleet[0].replica has no key 'tp'; known: weights, replicas_per_node",
    ],
    ['a KV format', ['weights: int8', 'kv: fp8'], "fleet[0].replica has no key 'kv'"],
    ['a token budget', ['max_samples: 64', 'token_budget: 64'], "fleet[0].batcher has no key 'token_budget'"],
    [
      'a batcher of models',
      ['{ max_samples', '{ name: static, max_samples'],
      'fleet[0].batcher.name is "static"',
    ],
    [
      'operators',
      ['    batcher:', '    latency: { model: operators }\n    batcher:'],
      'fleet[0].latency.model is "operators"',
    ],
    ['an SLO of tokens', ['{ e2e_s: 0.1 }', '{ ttft_s: 0.1, tpot_s: 1 }'], "slo has no key 'ttft_s'"],
    [
      'too many replicas',
      ['weights: int8', 'replicas_per_node: 5'],
      'fleet[0].replica.replicas_per_node is 5; must be <= 4, the devices of l4-server-4x',
    ],
    [
      'more requests than samples',
      ['max_samples: 64', 'max_samples: 64, max_requests: 65'],
      'fleet[0].batcher.max_requests is 65; must be <= max_samples, 64',
    ],
    [
      'more than fits',
      ['resnet50', 'dlrm-dcnv2-mlperf'],
      'fleet[0].replica does not fit its memory: dlrm-dcnv2-mlperf in int8 needs 26.2 GB, l4 has 23.7 GB',
    ],
    [
      'work that is not known',
      ['resnet50', 'whisper-large-v3'],
      'fleet[0].latency has no sample_s; must have it, as the work of a sample of whisper-large-v3 is not known',
    ],
  ] as const)('%s', (_, change, message) => {
    expect(mistake(changed(change))).toContain(message)
  })

  it('a format that the device cannot use', () => {
    expect(mistake(taskScenario({ node: 'meta-mtia2i-server', weights: 'fp8' }))).toContain(
      'fleet[0].replica.weights is "fp8", which mtia-2i does not support; known: bf16, int8',
    )
  })

  it('answers of several tokens', async () => {
    await expect(prepared(changed(['output: { fixed: 1 }', 'output: { fixed: 3 }']))).rejects.toThrow(
      'workload has outputs of up to 3 tokens; must be 1, the answer of resnet50',
    )
  })

  it('prefix hits', async () => {
    const text = changed(['workload:\n', 'workload:\n  prefix_hit_share: 0.5\n'])
    await expect(prepared(text)).rejects.toThrow('workload has prefix hits; must have none')
  })

  it('of a model: keys of tasks', () => {
    const says = (from: string, to: string) => messageOf(() => parsed(variant([from, to])))
    expect(says('token_budget: 2048', 'max_samples: 64')).toContain(
      "fleet[0].batcher has no key 'max_samples'",
    )
    expect(says('{ token_budget', '{ name: dynamic, token_budget')).toContain(
      'fleet[0].batcher.name is "dynamic"',
    )
    expect(says('    engine: vllm', '    engine: vllm\n    latency: { model: samples }')).toContain(
      'fleet[0].latency.model is "samples"',
    )
  })
})
