import type { Transformer } from '../../src/latency/transformer.ts'

export const LLAMA_8B: Transformer = {
  layers: 32,
  hidden: 4096,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  ffn: 14336,
  gatedMlp: true,
  vocab: 128256,
  tiedEmbedding: false,
}

export const LLAMA_70B: Transformer = { ...LLAMA_8B, layers: 80, hidden: 8192, heads: 64, ffn: 28672 }

export const OPT_13B: Transformer = {
  layers: 40,
  hidden: 5120,
  heads: 40,
  kvHeads: 40,
  headDim: 128,
  ffn: 20480,
  gatedMlp: false,
  vocab: 50272,
  tiedEmbedding: true,
}

export const QWEN_30B_MOE: Transformer = {
  layers: 48,
  hidden: 2048,
  heads: 32,
  kvHeads: 4,
  headDim: 128,
  ffn: 0,
  gatedMlp: true,
  vocab: 151936,
  tiedEmbedding: false,
  moe: { experts: 128, expertsPerToken: 8, expertFfn: 768, sharedExperts: 0, moeLayers: 48 },
}

/** Dense layers first, then experts of which one is shared, as in the DeepSeek family but with grouped queries. */
export const MIXED_MOE: Transformer = {
  ...LLAMA_8B,
  layers: 28,
  ffn: 11008,
  moe: { experts: 64, expertsPerToken: 6, expertFfn: 1408, sharedExperts: 2, moeLayers: 27 },
}

/** Latent attention, dense layers first, then many experts of which one is shared. */
export const DEEPSEEK_R1: Transformer = {
  layers: 61,
  hidden: 7168,
  heads: 128,
  kvHeads: 128,
  headDim: 128,
  ffn: 18432,
  gatedMlp: true,
  vocab: 129280,
  tiedEmbedding: false,
  moe: { experts: 256, expertsPerToken: 8, expertFfn: 2048, sharedExperts: 1, moeLayers: 58 },
  mla: { kvRank: 512, queryRank: 1536, nopeDim: 128, ropeDim: 64, valueDim: 128 },
}

/** Latent attention whose queries are made at once. */
export const DEEPSEEK_V2_LITE: Transformer = {
  ...DEEPSEEK_R1,
  layers: 27,
  hidden: 2048,
  heads: 16,
  ffn: 10944,
  vocab: 102400,
  moe: { experts: 64, expertsPerToken: 6, expertFfn: 1408, sharedExperts: 2, moeLayers: 26 },
  mla: { kvRank: 512, queryRank: 0, nopeDim: 128, ropeDim: 64, valueDim: 128 },
}

/** Experts everywhere and a short window in every second layer. */
export const GPT_OSS_20B: Transformer = {
  layers: 24,
  hidden: 2880,
  heads: 64,
  kvHeads: 8,
  headDim: 64,
  ffn: 0,
  gatedMlp: true,
  vocab: 201088,
  tiedEmbedding: false,
  moe: { experts: 32, expertsPerToken: 4, expertFfn: 2880, sharedExperts: 0, moeLayers: 24 },
  window: { tokens: 128, layers: 12 },
}

/** A long window in every second layer. */
export const GEMMA_9B: Transformer = {
  layers: 42,
  hidden: 3584,
  heads: 16,
  kvHeads: 8,
  headDim: 256,
  ffn: 14336,
  gatedMlp: true,
  vocab: 256000,
  tiedEmbedding: true,
  window: { tokens: 4096, layers: 21 },
}

/** A window in every layer. */
export const MISTRAL_7B: Transformer = { ...LLAMA_8B, vocab: 32000, window: { tokens: 4096, layers: 32 } }
