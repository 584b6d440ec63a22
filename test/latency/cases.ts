import type { LatencyModel } from '../../src/latency/contract.ts'
import { ELEMENTWISE, type OperatorConstants, type OperatorsOptions } from '../../src/latency/operators.ts'
import { latencyModels } from '../../src/latency/registry.ts'
import type { Parallelism, Transformer } from '../../src/latency/transformer.ts'

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

/** Fitted on shared rows of public measurements (MODEL_STUDY §2). */
export const H100: OperatorConstants = {
  bytesPerS: 3.35e12,
  gemm: { fixedS: 3.35e-6, flopsPerS: 989e12, compute: 0.788, memory: 0.858 },
  head: { fixedS: 3.35e-6, flopsPerS: 989e12, compute: 0.788, memory: 0.858 },
  attentionPrefill: { fixedS: 13.37e-6, flopsPerS: 989e12, compute: 0.69, memory: 0.42 },
  attentionDecode: { fixedS: 12.36e-6, perSequenceS: 0, memory: 0.874 },
  elementwise: ELEMENTWISE,
  moeLayerS: 30e-6,
  allReduce: { fixedS: 4.18e-6, hopS: 0.166e-6, bytesPerS: 450e9, link: 0.677 },
  stepS: 1e-3,
  layerS: 0,
  prefillMultiplier: 1.38,
}

export const H100_FP8: OperatorConstants = {
  ...H100,
  gemm: { fixedS: 6.65e-6, flopsPerS: 1979e12, compute: 0.519, memory: 0.822 },
}

export const H200_FP8: OperatorConstants = {
  bytesPerS: 4.8e12,
  gemm: { fixedS: 7.01e-6, flopsPerS: 1979e12, compute: 0.562, memory: 0.775 },
  head: { fixedS: 3.65e-6, flopsPerS: 989e12, compute: 0.781, memory: 0.837 },
  attentionPrefill: { fixedS: 13.33e-6, flopsPerS: 989e12, compute: 0.677, memory: 0.333 },
  attentionDecode: { fixedS: 12.81e-6, perSequenceS: 0, memory: 0.841 },
  elementwise: ELEMENTWISE,
  moeLayerS: 30e-6,
  allReduce: { fixedS: 4.41e-6, hopS: 0.115e-6, bytesPerS: 450e9, link: 0.7 },
  stepS: 1e-3,
  layerS: 0,
  prefillMultiplier: 1.38,
}

/** A card whose decode attention pays per sequence, with host time per layer and no stretch of prefill. */
export const TPU_V6E: OperatorConstants = {
  bytesPerS: 1.64e12,
  gemm: { fixedS: 0, flopsPerS: 918e12, compute: 0.74, memory: 0.95 },
  head: { fixedS: 0, flopsPerS: 918e12, compute: 0.74, memory: 0.95 },
  attentionPrefill: { fixedS: 6.27e-6, flopsPerS: 918e12, compute: 0.058, memory: 0.433 },
  attentionDecode: { fixedS: 5.82e-6, perSequenceS: 2.394e-6, memory: 0.288 },
  elementwise: ELEMENTWISE,
  moeLayerS: 50e-6,
  allReduce: { fixedS: 4.4e-6, hopS: 0.2e-6, bytesPerS: 448e9, link: 0.7 },
  stepS: 1e-3,
  layerS: 4e-6,
  prefillMultiplier: 1,
}

export const BF16: Omit<Parallelism, 'tp'> = { weightBytes: 2, kvBytes: 2, activationBytes: 2 }
export const FP8: Omit<Parallelism, 'tp'> = { weightBytes: 1, kvBytes: 2, activationBytes: 2 }

/** Sets of constants for `operators`, so that every branch of its formulas is taken. */
export const OPERATORS: Record<string, OperatorsOptions> = {
  'llama-8b on one h100': { model: LLAMA_8B, parallelism: { tp: 1, ...BF16 }, constants: H100 },
  'llama-70b fp8 on four h100': { model: LLAMA_70B, parallelism: { tp: 4, ...FP8 }, constants: H100_FP8 },
  'llama-8b on sixteen, twice its kv heads': {
    model: LLAMA_8B,
    parallelism: { tp: 16, ...BF16, kvBytes: 1 },
    constants: H100,
  },
  'opt-13b, no gate, on two': { model: OPT_13B, parallelism: { tp: 2, ...BF16 }, constants: H100 },
  'qwen-30b experts on eight, twice its kv heads': {
    model: QWEN_30B_MOE,
    parallelism: { tp: 8, ...BF16 },
    constants: H100,
  },
  'dense and expert layers in fp4': {
    model: MIXED_MOE,
    parallelism: { tp: 2, weightBytes: 0.5, kvBytes: 1, activationBytes: 2 },
    constants: H200_FP8,
  },
  'llama-70b on eight tpu v6e': { model: LLAMA_70B, parallelism: { tp: 8, ...BF16 }, constants: TPU_V6E },
}

export interface Case {
  readonly name: string
  readonly model: LatencyModel
  /** Durations are draws: a longer step need not take longer. */
  readonly random: boolean
}

/** At least one case for every member of the registry; adding a member without one is a type error. */
const CASES = {
  operators: Object.entries(OPERATORS).map(([name, options]) => ({
    name,
    model: latencyModels.operators.create(options),
    random: false,
  })),
  linear: [
    lawful('a line', latencyModels.linear.create({ stepS: 8e-3, tokenS: 3e-5, contextTokenS: 2e-8 })),
    lawful(
      'a line without context',
      latencyModels.linear.create({ stepS: 0, tokenS: 3e-5, contextTokenS: 0 }),
    ),
  ],
  fixed: [lawful('a step', latencyModels.fixed.create({ stepS: 0.02 }))],
  exponential: [
    { name: 'a draw', model: latencyModels.exponential.create({ meanS: 0.02, key: 7 }), random: true },
  ],
} satisfies Record<keyof typeof latencyModels, Case[]>

function lawful(name: string, model: LatencyModel): Case {
  return { name, model, random: false }
}

export const cases: Case[] = Object.entries(CASES).flatMap(([member, list]) =>
  list.map(one => ({ ...one, name: `${member}: ${one.name}` })),
)
