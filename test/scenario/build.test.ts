import { describe, expect, it } from 'vitest'
import type { DecodeBatch, MixedStep } from '../../src/latency/contract.ts'
import { ONE_STAGE } from '../../src/latency/layout.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import type { Stance } from '../../src/scenario/facts.ts'
import { replicaMemory } from '../../src/scenario/memory.ts'
import { catalogue, fleetOf, variant } from './helpers.ts'

const STANCES: Stance[] = ['optimistic', 'given', 'pessimistic']

/** The good scenario's fleet on another node, engine and replica. */
function on(node: string, engine: string, replica: string, stance: Stance = 'given') {
  const text = variant(
    ['aws-p5.48xlarge', node],
    ['engine: vllm', `engine: ${engine}`],
    ['{ tp: 2, weights: bf16, kv: bf16, replicas_per_node: 3 }', `{ ${replica} }`],
  )
  return fleetOf(text, { stance })
}

describe('the fleet that is built', () => {
  const fleet = fleetOf(variant())
  const [kind] = fleet.kinds

  it('numbers replicas node by node', () => expect(fleet.replicas).toEqual([0, 0, 0, 0, 0, 0]))

  it('names a kind by device and tp unless the pool has a name', () => {
    expect(kind.name).toBe('h100-sxm tp2')
    expect(fleetOf(variant(['- node', '- name: mine\n    node'])).kinds[0].name).toBe('mine')
  })

  it('prices a replica by its share of the node, and what is left of the node as spare', () => {
    expect(kind.usdPerHour).toBeCloseTo((55.04 * 2) / 8, 10)
    expect(fleet.spareUsdPerHour).toBeCloseTo((2 * 55.04 * 2) / 8, 10)
    expect(fleet.spareWatts).toBeCloseTo(2 * 2 * (75 + 1600 / 8), 10)
    expect(kind.energy.idleWatts).toBeCloseTo(2 * (75 + 1600 / 8), 10)
  })

  it('takes a price of your own', () => {
    const own = fleetOf(variant(['nodes: 2', 'nodes: 2\n    usd_per_hour: 16']))
    expect(own.kinds[0].usdPerHour).toBe(4)
  })

  it('has no price where the catalogue has none, and no spare price where nothing is spare', () => {
    const full = on('msft-maia100-server', 'generic-asic', 'tp: 4')
    expect(full.kinds[0].usdPerHour).toBeNaN()
    expect(full.spareUsdPerHour).toBe(0)
    expect(on('msft-maia100-server', 'generic-asic', 'tp: 2, replicas_per_node: 1').spareUsdPerHour).toBeNaN()
  })

  it('fills a node with replicas unless told otherwise', () => {
    expect(on('aws-inf2.48xlarge', 'neuron', 'tp: 4').replicas).toHaveLength(2 * 3)
    expect(on('l40s-server-8x', 'vllm', 'tp: 1').replicas).toHaveLength(2 * 8)
  })

  it('leaves saturation to be estimated', () => expect(kind.saturationRequestsPerS).toBeNaN())

  it('says what it rests on', () => {
    expect(fleet.evidence.grade).toBe('estimate')
    const names = fleet.evidence.estimates.map(({ name }) => name)
    expect(names).toContain('aws-p5.48xlarge hostIdleW')
    expect(names).not.toContain('h100-sxm operators.gemm.bf16.compute')
  })

  it('turns the hours of the grid to the hour of the start', () => {
    const hours = (start: number) =>
      fleetOf(variant(['us-ohio', `us-california\nstart_hour: ${start}`])).carbon.gramsPerKwh
    expect(hours(0)).toHaveLength(24)
    expect(hours(5)[0]).toBe(hours(0)[5])
    expect(hours(5)[20]).toBe(hours(0)[1])
    expect(fleetOf(variant()).carbon.gramsPerKwh).toEqual([323.05])
  })
})

describe('the KV pool', () => {
  it('is what weights, activations and runtime leave', () => {
    const { memory, kind } = fleetOf(variant()).pools[0]
    expect(memory.usableBytes).toBeCloseTo(2 * 0.9 * 84.93e9, 0)
    expect(memory.weightBytes / 1e9).toBeCloseTo(16.06, 2)
    expect(memory.activationBytes).toBe(2 * 128 * 128256 * 40)
    expect(memory.runtimeBytes).toBe(2 * 1.5e9)
    expect(memory.kvBytesPerToken).toBe(32 * 2 * 8 * 128 * 2)
    const left = memory.usableBytes - memory.weightBytes - memory.activationBytes - memory.runtimeBytes
    expect(kind.kvBlocks).toBe(Math.floor(left / (131072 * 16)))
  })

  it('holds each KV head once per device where there are more devices than heads', () => {
    const model = catalogue.models.get('llama-3.1-8b')!
    const perToken = (tp: number) =>
      replicaMemory({
        model,
        parallelism: { tp, ...ONE_STAGE, weightBytes: 2, kvBytes: 2, activationBytes: 2 },
        memoryBytes: 1e11,
        utilization: 1,
        runtimeBytes: 0,
        tokenBudget: 1024,
        maxSequences: 1,
        blockTokens: 16,
      }).kvBytesPerToken
    expect(perToken(8)).toBe(perToken(1))
    expect(perToken(16)).toBe(2 * perToken(8))
  })

  // vllm-project/vllm#10511: 53.29 GiB at 8192 tokens and 256 sequences.
  it('agrees with what vLLM reports for an 8B model on one H100', () => {
    const whole = fleetOf(
      variant(['tp: 2', 'tp: 1'], ['token_budget: 2048, max_sequences: 128', 'token_budget: 8192']),
    )
    const { memory } = whole.pools[0]
    expect(Math.abs(memory.kvBytes / 2 ** 30 / 53.29 - 1)).toBeLessThan(0.02)
  })

  it('bounds the longest request where the scenario does not', () => {
    const text = variant(['llama-3.1-8b', 'qwen3-32b'], ['tp: 2', 'tp: 1'], [', max_model_len: 8192', ''])
    const [kind] = fleetOf(text).kinds
    expect(kind.maxModelLen).toBe(Math.min(40960, kind.kvBlocks * kind.blockTokens))
  })
})

describe('engines and formats', () => {
  it('takes what is special about an engine on a device', () => {
    expect(on('aws-p5.48xlarge', 'vllm', 'tp: 1').kinds[0].frontEndS).toBeCloseTo(0.021, 12)
    expect(on('aws-p6-b200.48xlarge', 'vllm', 'tp: 1').kinds[0].frontEndS).toBeCloseTo(0.036, 12)
  })

  it('computes fp8 weights in bf16 where the device has no fp8, at half the memory', () => {
    const [bf16, fp8] = ['bf16', 'fp8'].map(dtype =>
      on('aws-p4de.24xlarge', 'vllm', `tp: 1, weights: ${dtype}`),
    )
    expect(fp8.kinds[0].kvBlocks).toBeGreaterThan(bf16.kinds[0].kvBlocks)
    expect(prefillS(fp8.kinds[0], 2000)).toBeCloseTo(prefillS(bf16.kinds[0], 2000), 3)
    expect(tokenS(fp8.kinds[0], 1)).toBeLessThan(tokenS(bf16.kinds[0], 1))
  })

  it('prices steps by a law of your own', () => {
    const fixed = fleetOf(
      variant(['engine: vllm', 'engine: vllm\n    latency: { model: fixed, step_s: 0.25 }']),
    )
    expect(tokenS(fixed.kinds[0], 7)).toBe(0.25)
    const law = '{ model: linear, step_s: 1, token_s: 0.5, context_token_s: 0 }'
    const linear = fleetOf(variant(['engine: vllm', `engine: vllm\n    latency: ${law}`]))
    expect(tokenS(linear.kinds[0], 4)).toBe(3)
  })
})

describe('the ends of what is not known well', () => {
  const [optimistic, given, pessimistic] = STANCES.map(stance =>
    on('aws-trn2.48xlarge', 'neuron', 'tp: 2', stance),
  )
  const rises = (of: (fleet: typeof given) => number) => {
    expect(of(optimistic)).toBeLessThan(of(given))
    expect(of(given)).toBeLessThan(of(pessimistic))
  }

  it('move every measure the right way', () => {
    rises(({ kinds }) => tokenS(kinds[0], 1))
    rises(({ kinds }) => tokenS(kinds[0], 64))
    rises(({ kinds }) => prefillS(kinds[0], 1000))
    rises(({ kinds }) => kinds[0].energy.idleWatts)
    rises(({ kinds }) => joulesPerStep(kinds[0]))
    rises(({ kinds }) => kinds[0].usdPerHour)
    rises(({ kinds }) => kinds[0].frontEndS)
    rises(({ kinds }) => -kinds[0].kvBlocks)
  })

  it('leave what is measured alone', () => {
    const [best, , worst] = STANCES.map(stance => on('aws-p5en.48xlarge', 'vllm', 'tp: 1', stance))
    expect(best.kinds[0].usdPerHour).toBe(worst.kinds[0].usdPerHour)
    expect(tokenS(worst.kinds[0], 1) / tokenS(best.kinds[0], 1)).toBeLessThan(1.1)
  })
})

describe('chips whose constants are estimates', () => {
  it.each([
    ['aws-trn2.48xlarge', 'neuron', 1, 0.0221, 0.197],
    ['aws-inf2.48xlarge', 'neuron', 4, 0.0245, 0.3],
    ['aws-inf2.48xlarge', 'neuron', 1, 0.0507, 1.058],
  ])('reproduce the published 8B run on %s at %s tp %d', (node, engine, tp, tpotS, ttftS) => {
    const [kind] = on(node, engine, `tp: ${tp}`).kinds
    expect(Math.abs(tokenS(kind, 1) / tpotS - 1)).toBeLessThan(0.1)
    expect(Math.abs((kind.frontEndS + prefillS(kind, 1500)) / ttftS - 1)).toBeLessThan(0.1)
  })
})

/** Seconds of a decode step at 1600 tokens of context each. */
function tokenS({ latency }: ReplicaKind, sequences: number): number {
  return latency.decodeSeconds(batchOf(sequences), 1)
}

function joulesPerStep({ latency, energy }: ReplicaKind): number {
  return energy.decodeJoules(
    batchOf(16),
    1,
    latency.decodeSeconds(batchOf(16), 1),
    energy.isDecodeCapped(batchOf(16)),
  )
}

function batchOf(sequences: number): DecodeBatch {
  return { sequences, contextTokens: 1600 * sequences }
}

function prefillS({ latency }: ReplicaKind, tokens: number): number {
  const step: MixedStep = {
    sequences: 0,
    contextTokens: 0,
    chunks: 1,
    chunkTokens: tokens,
    chunkCachedTokens: 0,
    chunkPairs: (tokens * tokens) / 2,
    ordinal: 0,
  }
  return latency.stepSeconds(step)
}
