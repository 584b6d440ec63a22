import { describe, expect, it } from 'vitest'
import { matricesTouched, weightBytes } from '../../src/latency/products.ts'
import { kvBytesPerToken } from '../../src/latency/transformer.ts'
import { TransformerWork } from '../../src/latency/work.ts'
import { BF16, FP8 } from './cases.ts'
import {
  DEEPSEEK_R1,
  DEEPSEEK_V2_LITE,
  GEMMA_9B,
  GPT_OSS_20B,
  LLAMA_8B,
  LLAMA_70B,
  OPT_13B,
  QWEN_30B_MOE,
} from './transformers.ts'

describe('weights', () => {
  // Published parameter counts, of which norms and biases are the part that is left out.
  it.each([
    { name: 'llama-8b', model: LLAMA_8B, parameters: 8_030_261_248 },
    { name: 'llama-70b', model: LLAMA_70B, parameters: 70_553_706_496 },
    { name: 'opt-13b', model: OPT_13B, parameters: 12_853_473_280 },
    { name: 'qwen-30b', model: QWEN_30B_MOE, parameters: 30_532_122_624 },
    { name: 'deepseek-r1', model: DEEPSEEK_R1, parameters: 671_026_419_200 },
    { name: 'deepseek-v2-lite', model: DEEPSEEK_V2_LITE, parameters: 15_706_484_224 },
    { name: 'gemma-2-9b', model: GEMMA_9B, parameters: 9_241_705_984 },
    { name: 'gpt-oss-20b', model: GPT_OSS_20B, parameters: 20_914_757_184 },
  ])('of $name are its published parameters to 0.2 %', ({ model, parameters }) => {
    const bytes = weightBytes(model, { tp: 1, ...BF16 })
    expect(Math.abs(bytes / (2 * parameters) - 1)).toBeLessThan(2e-3)
  })

  it('keep embedding and output layer at the width of activations', () => {
    const embeddings = 2 * 128_256 * 4096
    const bytes = weightBytes(LLAMA_8B, { tp: 1, ...FP8 })
    expect(bytes).toBe((weightBytes(LLAMA_8B, { tp: 1, ...BF16 }) - 2 * embeddings) / 2 + 2 * embeddings)
  })

  it('are split over devices, but for copies of KV heads', () => {
    const at = (tp: number) => weightBytes(LLAMA_8B, { tp, ...BF16 })
    expect(at(8)).toBe(at(1))
    expect(at(16) - at(8)).toBe(32 * 4096 * 2 * 8 * 128 * 2)
  })
})

describe('weights of attention', () => {
  // q, k, v and o of a layer.
  const perLayer = (2 * 2048 * 4096 + 2 * 2048 * 512) * 2

  it('are copied to every rank, and experts are not to any group', () => {
    const at = (more: object) => weightBytes(QWEN_30B_MOE, { tp: 4, ...BF16, ...more })
    expect(at({ attentionDp: 2 }) - at({})).toBe(48 * perLayer)
    expect(at({ attentionDp: 4 }) - at({})).toBe(48 * 3 * perLayer)
    expect(at({ ep: 4 })).toBe(at({}))
    expect(at({ pp: 2 })).toBe(at({}))
  })

  it('that make latents are copied to every device', () => {
    const at = (tp: number) => weightBytes(DEEPSEEK_R1, { tp, ...FP8 })
    expect(at(8) - at(1)).toBe(61 * 7 * 7168 * (1536 + 576))
  })
})

describe('keys and values', () => {
  it('take one latent of 576 a token and layer on every device of a rank', () => {
    expect(kvBytesPerToken(DEEPSEEK_R1, { tp: 1, ...FP8 })).toBe(61 * 576 * 2)
    expect(kvBytesPerToken(DEEPSEEK_R1, { tp: 8, ...FP8 })).toBe(8 * 61 * 576 * 2)
    expect(kvBytesPerToken(DEEPSEEK_R1, { tp: 8, ...FP8, attentionDp: 8 })).toBe(61 * 576 * 2)
  })

  it('take 128 KiB a token on llama-8b and 320 KiB on llama-70b in bf16', () => {
    expect(kvBytesPerToken(LLAMA_8B, { tp: 1, ...BF16 })).toBe(131_072)
    expect(kvBytesPerToken(LLAMA_70B, { tp: 8, ...BF16 })).toBe(327_680)
  })

  it('take twice that where each head is on two devices', () => {
    expect(kvBytesPerToken(LLAMA_8B, { tp: 16, ...BF16 })).toBe(262_144)
  })
})

describe('experts touched', () => {
  const shape = { layers: 1, columns: 1, depth: 1, weightBytes: 2, isOfRank: false, groups: 1 }
  const product = { ...shape, rowsPerToken: 8, matrices: 128 }

  it('are those of one token, and all of them for many', () => {
    expect(matricesTouched(product, 1)).toBeCloseTo(8, 12)
    expect(matricesTouched(product, 8192)).toBeCloseTo(128, 12)
  })

  it('are the mean over random choices', () => {
    expect(matricesTouched(product, 3)).toBeCloseTo(128 * (1 - (120 / 128) * (120 / 128) * (120 / 128)), 10)
  })

  it('are all of them where every token takes all', () => {
    expect(matricesTouched({ ...product, rowsPerToken: 128 }, 1)).toBe(128)
  })
})

describe('the work of a transformer', () => {
  it('attends to latents in decodes and to what they expand to in chunks', () => {
    for (const attentionDp of [1, 8]) {
      const work = new TransformerWork(DEEPSEEK_R1, { tp: 8, ...FP8, attentionDp })
      expect(work.contextFlops).toBe(61 * 128 * 2 * (512 + 64 + 512))
      expect(work.pairFlops).toBe(61 * 128 * 2 * (128 + 64 + 128))
      expect(work.contextBytes).toBe((8 / attentionDp) * 61 * 576 * 2)
    }
  })

  it('streams the layers for every micro-batch, and attention for every rank', () => {
    const layers = 2 * (8_030_261_248 - 2 * 128_256 * 4096 - 65 * 4096)
    const at = (more: object, tokens: number) => {
      const work = new TransformerWork(LLAMA_8B, { tp: 2, ...BF16, ...more })
      const activations = work.tokenBytes(2 * tokens) - work.tokenBytes(tokens)
      return work.tokenBytes(tokens) - activations
    }
    expect(at({}, 8) / layers).toBeCloseTo(1, 9)
    expect(at({ pp: 4 }, 8) / layers).toBeCloseTo(4, 9)
    const attention = 32 * (2 * 4096 * 4096 + 2 * 4096 * 1024) * 2
    expect(at({ attentionDp: 2 }, 8) / (layers + attention)).toBeCloseTo(1, 9)
  })

  it('streams the output layer for every micro-batch, which may be fewer than stages', () => {
    const output = 2 * 128_256 * 4096
    const reads = (pp: number, sampled: number) => {
      const work = new TransformerWork(LLAMA_8B, { tp: 2, ...BF16, pp })
      const activations = sampled * (128_256 + 2 * 4096) * 2
      return (work.sampledBytes(sampled) - activations) / output
    }
    expect([1, 2, 3, 4, 100].map(sampled => reads(4, sampled))).toEqual([1, 2, 3, 4, 4])
    expect(reads(1, 100)).toBe(1)
  })

  it('counts no operation twice, however it is laid out', () => {
    const flops = (more: object) =>
      new TransformerWork(QWEN_30B_MOE, { tp: 4, ...BF16, ...more }).tokenFlops(64)
    expect(flops({ attentionDp: 4, ep: 4, pp: 3 })).toBeCloseTo(flops({}), 0)
  })

  it('is two operations a parameter and token, four a head dimension and pair', () => {
    const work = new TransformerWork(LLAMA_70B, { tp: 4, ...FP8 })
    expect(work.tokenFlops(3)).toBe(2 * 3 * 68_451_041_280)
    expect(work.sampledFlops(3)).toBe(2 * 3 * 1_050_673_152)
    expect(work.contextFlops).toBe(4 * 80 * 64 * 128)
    expect(work.pairFlops).toBe(work.contextFlops)
  })

  it('moves every weight of the layers once a step, whatever the devices', () => {
    for (const tp of [1, 4, 8]) {
      const work = new TransformerWork(LLAMA_70B, { tp, ...FP8 })
      expect(work.tokenBytes(0)).toBe(68_451_041_280)
      expect(work.sampledBytes(0)).toBe(2 * 1_050_673_152)
    }
  })

  it('counts the operations of chosen experts only, and the bytes of those touched', () => {
    const work = new TransformerWork(QWEN_30B_MOE, { tp: 1, ...BF16 })
    const perToken = 48 * 8 * 3 * 2048 * 768 + 48 * (2 * 2048 * 4096 + 2 * 2048 * 512)
    expect(work.tokenFlops(1)).toBe(2 * perToken)
    const all = 48 * 128 * 3 * 2048 * 768 * 2
    expect(work.tokenBytes(1)).toBeLessThan(all / 8)
    expect(work.tokenBytes(4096)).toBeGreaterThan(all)
  })

  it('is linear in chunks, so that sums of chunks serve', () => {
    const work = new TransformerWork(LLAMA_8B, { tp: 2, ...BF16 })
    expect(work.chunkBytes(30, 500)).toBe(work.chunkBytes(10, 100) + work.chunkBytes(20, 400))
  })
})
