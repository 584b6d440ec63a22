import { describe, expect, it } from 'vitest'
import { Eager } from '../../src/latency/eager.ts'
import { Operators } from '../../src/latency/operators.ts'
import { buildFleet } from '../../src/scenario/build.ts'
import type { Catalogue, Device } from '../../src/scenario/facts.ts'
import { type MemoryInput, replicaMemory } from '../../src/scenario/memory.ts'
import { catalogue, fleetOf, messageOf, mistake, parsed, variant } from './helpers.ts'

/** The good scenario with another model on another node and in another layout. */
function laidOut(model: string, node: string, replica: string, batcher = 'token_budget: 2048'): string {
  return variant(
    ['llama-3.1-8b', model],
    ['aws-p5.48xlarge', node],
    ['{ tp: 2, weights: bf16, kv: bf16, replicas_per_node: 3 }', `{ ${replica} }`],
    ['{ token_budget: 2048, max_sequences: 128, max_model_len: 8192 }', `{ ${batcher} }`],
  )
}

describe('a layout that does not work', () => {
  it.each([
    [
      'ranks that do not divide the devices',
      laidOut('llama-3.1-8b', 'aws-p5.48xlarge', 'tp: 4, attention_dp: 3'),
      's.yaml:10:37: fleet[0].replica.attention_dp is 3; must divide tp, 4',
    ],
    [
      'ranks that do not divide the devices, nor these the KV heads',
      laidOut('qwen3-30b-a3b', 'aws-p5.48xlarge', 'tp: 8, attention_dp: 3'),
      's.yaml:10:37: fleet[0].replica.attention_dp is 3; must divide tp, 8',
    ],
    [
      'devices that do not divide the heads',
      laidOut('qwen2.5-7b', 'aws-p5.48xlarge', 'tp: 8'),
      's.yaml:10:20: fleet[0].replica.tp is 8; must divide the 28 heads of qwen2.5-7b',
    ],
    [
      'devices of a rank that do not divide the heads',
      laidOut('qwen2.5-7b', 'aws-trn2.48xlarge', 'tp: 16, attention_dp: 2').replace(
        'engine: vllm',
        'engine: neuron',
      ),
      's.yaml:10:20: fleet[0].replica.tp is 16, 8 for each of 2 attention ranks; must divide the 28 heads of qwen2.5-7b',
    ],
    [
      'more ranks than devices',
      laidOut('llama-3.1-8b', 'aws-p5.48xlarge', 'tp: 4, attention_dp: 8'),
      's.yaml:10:37: fleet[0].replica.attention_dp is 8; must divide tp, 4',
    ],
    [
      'groups of experts that do not divide the devices',
      laidOut('qwen3-30b-a3b', 'aws-p5.48xlarge', 'tp: 4, ep: 8'),
      's.yaml:10:27: fleet[0].replica.ep is 8; must divide tp, 4',
    ],
    [
      'groups of experts of a model that has none',
      laidOut('llama-3.1-8b', 'aws-p5.48xlarge', 'tp: 2, ep: 2'),
      's.yaml:10:27: fleet[0].replica.ep is 2; must be 1, as llama-3.1-8b has no experts',
    ],
    [
      'more groups than experts',
      laidOut('mixtral-8x7b', 'aws-trn2.48xlarge', 'tp: 16, ep: 16').replace(
        'engine: vllm',
        'engine: neuron',
      ),
      's.yaml:10:28: fleet[0].replica.ep is 16; must divide the experts of mixtral-8x7b, 8',
    ],
    [
      'more stages than its nodes have devices for',
      laidOut('llama-3.1-8b', 'aws-p5.48xlarge', 'tp: 2, pp: 9'),
      's.yaml:10:27: fleet[0].replica.pp is 9; must be <= 8, as 2 x aws-p5.48xlarge have 2 x 8 devices',
    ],
    [
      'more stages than the model has layers',
      laidOut('llama-3.1-8b', 'aws-p5.48xlarge', 'tp: 1, pp: 33'),
      's.yaml:10:27: fleet[0].replica.pp is 33; must be <= 32, the layers of llama-3.1-8b',
    ],
    [
      'devices that are no slice',
      laidOut('llama-3.1-8b', 'gcp-tpu-v5e-8', 'tp: 2').replace('engine: vllm', 'engine: vllm-tpu'),
      's.yaml:10:20: fleet[0].replica.tp is 2; a slice of gcp-tpu-v5e-8 has 1, 4 or 8 devices',
    ],
    [
      'stages that make no slice',
      laidOut('llama-3.1-8b', 'gcp-tpu-v5e-8', 'tp: 2, pp: 3').replace('engine: vllm', 'engine: vllm-tpu'),
      's.yaml:10:20: fleet[0].replica.tp is 2 and with its stages takes 6 devices; a slice of gcp-tpu-v5e-8 has 1, 4 or 8 devices',
    ],
    [
      'no stages at all',
      laidOut('llama-3.1-8b', 'aws-p5.48xlarge', 'tp: 2, pp: 0'),
      's.yaml:10:27: fleet[0].replica.pp is 0; must be >= 1',
    ],
    [
      'more replicas than pipelines fit on the node',
      laidOut('llama-3.1-8b', 'aws-p5.48xlarge', 'tp: 2, pp: 2, replicas_per_node: 3'),
      's.yaml:10:49: fleet[0].replica.replicas_per_node is 3; must be <= 2, as aws-p5.48xlarge has 1 x 8 devices',
    ],
  ])('has %s', (_, text, message) => expect(mistake(text)).toBe(message))

  it.each([
    ['pp: 2', 's.yaml:10:20: fleet[0].replica.pp is 2; must be 1, as h100-sxm has no link for it'],
    [
      'tp: 2, attention_dp: 2',
      's.yaml:10:20: fleet[0].replica.tp is 2; must be 1, as h100-sxm has no scale-up link',
    ],
  ])('has %s on a device without a link', (replica, message) => {
    const { linkGbPerS: _, ...device } = catalogue.devices.get('h100-sxm')!
    expect(mistakeOn(device, replica)).toBe(message)
  })

  it('has ranks or stages on a device whose link does not do what they need', () => {
    const device = catalogue.devices.get('h100-sxm')!
    const { collective: _, sendReceive: __, ...operators } = device.operators
    expect(mistakeOn({ ...device, operators }, 'tp: 2, attention_dp: 2')).toBe(
      's.yaml:10:37: fleet[0].replica.attention_dp is 2; must be 1, as h100-sxm has no link for it',
    )
    expect(mistakeOn({ ...device, operators }, 'tp: 2, pp: 2')).toBe(
      's.yaml:10:27: fleet[0].replica.pp is 2; must be 1, as h100-sxm has no link for it',
    )
    expect(mistakeOn({ ...device, operators }, 'tp: 2')).toBe('no mistake')
  })
})

function mistakeOn(device: Device, replica: string): string {
  const others: Catalogue = { ...catalogue, devices: new Map([...catalogue.devices, [device.id, device]]) }
  return messageOf(() => buildFleet(parsed(laidOut('llama-3.1-8b', 'aws-p5.48xlarge', replica)), others))
}

describe('attention ranks', () => {
  it('need only divide the heads over the devices of each', () => {
    const [kind] = fleetOf(laidOut('qwen2.5-7b', 'aws-p5.48xlarge', 'tp: 8, attention_dp: 2')).kinds
    expect(kind.name).toBe('h100-sxm tp8 dp2')
  })
})

describe('a pipeline', () => {
  it.each([
    ['aws-p5.48xlarge', 'tp: 1, pp: 2', 4],
    ['aws-p5.48xlarge', 'tp: 1, pp: 3', 2],
    ['aws-p5.48xlarge', 'tp: 2, pp: 4', 1],
    ['h100-pcie-server-8x', 'tp: 2, pp: 2', 2],
    ['h100-pcie-server-8x', 'tp: 2, pp: 3', 1],
    ['l40s-server-8x', 'tp: 1, pp: 4', 2],
  ])('fits on %s at %s %d times', (node, replica, times) => {
    expect(fleetOf(laidOut('llama-3.1-8b', node, replica)).replicas).toHaveLength(2 * times)
  })

  it('is billed for the devices of all its stages, and leaves the others spare', () => {
    const fleet = fleetOf(laidOut('llama-3.1-8b', 'aws-p5.48xlarge', 'tp: 1, pp: 3'))
    expect(fleet.kinds[0].devices).toBe(3)
    expect(fleet.kinds[0].usdPerHour).toBeCloseTo((55.04 * 3) / 8, 10)
    expect(fleet.spareUsdPerHour).toBeCloseTo((2 * 55.04 * 2) / 8, 10)
    expect(fleet.kinds[0].energy.idleWatts).toBeCloseTo(3 * (75 + 1600 / 8), 10)
  })

  it('has the memory of all its stages for one set of weights', () => {
    const at = (replica: string) =>
      fleetOf(laidOut('llama-3.1-8b', 'aws-p5.48xlarge', replica)).pools[0].memory
    const [one, four] = [at('tp: 1'), at('tp: 1, pp: 4')]
    expect(four.usableBytes).toBe(4 * one.usableBytes)
    expect(four.weightBytes).toBe(one.weightBytes)
    expect(four.kvBytesPerToken).toBe(one.kvBytesPerToken)
    expect(four.kvBlocks).toBeGreaterThan(4 * one.kvBlocks)
  })
})

describe('the limits of a step', () => {
  const batcher = 'token_budget: 512, max_sequences: 64'

  it.each([
    ['tp: 4', 512, 64],
    ['tp: 1, pp: 4', 4 * 512, 64],
    ['tp: 4, attention_dp: 4', 4 * 512, 4 * 64],
    ['tp: 4, attention_dp: 2, pp: 2', 4 * 512, 2 * 64],
  ])('hold at %s for every micro-batch of a rank and for every rank', (replica, tokens, sequences) => {
    const [kind] = fleetOf(laidOut('llama-3.1-8b', 'aws-p5.48xlarge', replica, batcher)).kinds
    expect([kind.tokenBudget, kind.maxSequences]).toEqual([tokens, sequences])
  })

  it('name the kind by its layout', () => {
    const name = (replica: string) =>
      fleetOf(laidOut('qwen3-30b-a3b', 'aws-p5.48xlarge', replica)).kinds[0].name
    expect(name('tp: 4')).toBe('h100-sxm tp4')
    expect(name('tp: 4, pp: 2, attention_dp: 2, ep: 4')).toBe('h100-sxm tp4 pp2 dp2 ep4')
  })
})

describe('a request', () => {
  it('is no longer than what one rank holds, unless the model is content with less', () => {
    const kind = (replica: string) => fleetOf(laidOut('llama-3.1-70b', 'aws-p5.48xlarge', replica)).kinds[0]
    const shared = kind('tp: 2, weights: fp8')
    expect(shared.maxModelLen).toBe(131_072)
    const ranked = kind('tp: 2, attention_dp: 2, weights: fp8')
    const rankTokens = Math.floor(ranked.kvBlocks / 2) * ranked.blockTokens
    expect(rankTokens).toBeLessThan(131_072)
    expect(ranked.maxModelLen).toBe(rankTokens)
    const longer = laidOut(
      'llama-3.1-70b',
      'aws-p5.48xlarge',
      'tp: 2, attention_dp: 2, weights: fp8',
    ).replace('token_budget: 2048', `max_model_len: ${rankTokens + 1}`)
    expect(mistake(longer)).toBe(
      `s.yaml:12:31: fleet[0].batcher.max_model_len is ${rankTokens + 1}; must be <= ${rankTokens}, the tokens that the KV pool holds`,
    )
  })
})

describe('the memory of latent attention', () => {
  // q down and up, kv down and up, o; three dense layers, 257 experts in the others.
  const attention = 7168 * 1536 + 1536 * 128 * 192 + 7168 * 576 + 512 * 128 * 256 + 128 * 128 * 7168
  const mlps = 3 * 3 * 7168 * 18432 + 58 * 257 * 3 * 7168 * 2048
  const others = 2 * (58 * 256 * 7168 + 2 * 129280 * 7168)

  it('is one set of attention and a latent on every device of a rank', () => {
    const { memory } = fleetOf(laidOut('deepseek-r1', 'aws-p5en.48xlarge', 'tp: 8, weights: fp8')).pools[0]
    expect(memory.kvBytesPerToken).toBe(8 * 61 * 576 * 2)
    const copies = 61 * 7 * 7168 * (1536 + 576)
    expect(memory.weightBytes).toBe(61 * attention + mlps + others + copies)
  })

  it('is a set of attention for every rank, and a latent on one of them', () => {
    const { memory, kind } = fleetOf(
      laidOut('deepseek-r1', 'aws-p5en.48xlarge', 'tp: 8, attention_dp: 8, ep: 8, weights: fp8'),
    ).pools[0]
    expect(memory.kvBytesPerToken).toBe(61 * 576 * 2)
    expect(memory.weightBytes).toBe(8 * 61 * attention + mlps + others)
    const left = memory.usableBytes - memory.weightBytes - memory.activationBytes - memory.runtimeBytes
    expect(kind.kvBlocks).toBe(Math.floor(left / (61 * 576 * 2 * 16)))
  })
})

describe('the memory of windows', () => {
  it('is set apart for every sequence that may run, and what is left counts the other layers', () => {
    const { memory } = fleetOf(
      laidOut(
        'gpt-oss-20b',
        'aws-p5.48xlarge',
        'tp: 1, weights: fp4',
        'token_budget: 2048, max_sequences: 64',
      ),
    ).pools[0]
    const attention = 2880 * (64 + 2 * 8) * 64 + 64 * 64 * 2880
    const weights = 24 * (attention + 32 * 3 * 2880 * 2880) * 0.5
    expect(memory.weightBytes).toBe(weights + 2 * (24 * 32 * 2880 + 2 * 201088 * 2880))
    const layerBytes = 2 * 8 * 64 * 2
    expect(memory.kvBytesPerToken).toBe(12 * layerBytes)
    const windows = 64 * 128 * 12 * layerBytes
    expect(memory.kvBlocks).toBe(Math.floor((memory.kvBytes - windows) / (16 * 12 * layerBytes)))
  })

  // 42 layers of 8 KiB a token, half of them with a window of 4096.
  const windowed = (maxSequences: number, more: Partial<MemoryInput> = {}) =>
    replicaMemory({
      model: catalogue.models.get('gemma-2-9b')!,
      parallelism: { tp: 1, pp: 1, attentionDp: 1, ep: 1, weightBytes: 2, kvBytes: 2, activationBytes: 2 },
      memoryBytes: 80e9,
      utilization: 1,
      runtimeBytes: 0,
      tokenBudget: 1,
      maxSequences,
      blockTokens: 16,
      ...more,
    })

  it('is counted like that of other layers where that leaves more', () => {
    const few = windowed(8)
    expect(few.kvBytesPerToken).toBe(21 * 8192)
    expect(few.kvBlocks).toBe(Math.floor((few.kvBytes - 8 * 4096 * 21 * 8192) / (16 * 21 * 8192)))
    const many = windowed(256)
    expect(many.kvBytesPerToken).toBe(42 * 8192)
    expect(many.kvBlocks).toBe(Math.floor(many.kvBytes / (16 * 42 * 8192)))
  })

  it('is set apart for the sequences of every rank', () => {
    const layout = { tp: 2, pp: 1, ep: 1, weightBytes: 2, kvBytes: 2, activationBytes: 2 }
    const { kvBytes, kvBlocks } = windowed(8, { parallelism: { ...layout, attentionDp: 2 } })
    expect(kvBlocks).toBe(Math.floor((kvBytes - 16 * 4096 * 21 * 8192) / (16 * 21 * 8192)))
  })
})

describe('an engine', () => {
  it('that captures graphs adds host to device time, one that launches kernels overlaps them', () => {
    const latency = (engine: string) =>
      fleetOf(
        laidOut('llama-3.1-8b', 'aws-p5.48xlarge', 'tp: 1').replace('engine: vllm', `engine: ${engine}`),
      ).kinds[0].latency
    expect(latency('vllm')).toBeInstanceOf(Operators)
    expect(latency('eager-2023')).toBeInstanceOf(Eager)
  })

  it('tells replicas of the window of the model', () => {
    const window = (model: string) =>
      fleetOf(laidOut(model, 'aws-p5.48xlarge', 'tp: 2')).kinds[0].latency.window
    expect(window('gpt-oss-20b')).toEqual({ tokens: 128, share: 0.5 })
    expect(window('llama-3.1-8b')).toBeUndefined()
  })
})
