import { Compiled } from '../../src/latency/compiled.ts'
import { ELEMENTWISE, type OperatorConstants } from '../../src/latency/constants.ts'
import type { LatencyModel } from '../../src/latency/contract.ts'
import type { OperatorsOptions } from '../../src/latency/dealt.ts'
import { ONE_STAGE, type Parallelism, placesOf } from '../../src/latency/layout.ts'
import { type Buckets, Padding } from '../../src/latency/padding.ts'
import { latencyModels } from '../../src/latency/registry.ts'
import { headOf, type SpeculationOptions, speculative } from '../../src/latency/speculative.ts'
import { Sped } from '../../src/latency/sped.ts'
import {
  DEEPSEEK_R1,
  DEEPSEEK_V2_LITE,
  GEMMA_9B,
  GPT_OSS_20B,
  LLAMA_8B,
  LLAMA_70B,
  MISTRAL_7B,
  MIXED_MOE,
  OPT_13B,
  QWEN_30B_MOE,
} from './transformers.ts'

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
  collective: { fixedS: 9.1e-6, hopS: 0.41e-6, bytesPerS: 450e9, link: 0.75 },
  sendReceive: { fixedS: 8.3e-6, bytesPerS: 450e9, link: 0.61 },
  stepS: 1e-3,
  layerS: 0,
  sequenceS: 0,
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
  collective: { fixedS: 8.7e-6, hopS: 0.39e-6, bytesPerS: 450e9, link: 0.77 },
  sendReceive: { fixedS: 7.9e-6, bytesPerS: 450e9, link: 0.63 },
  stepS: 1e-3,
  layerS: 0,
  sequenceS: 0,
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
  sequenceS: 0,
  prefillMultiplier: 1,
}

export const BF16: Omit<Parallelism, 'tp'> = { ...ONE_STAGE, weightBytes: 2, kvBytes: 2, activationBytes: 2 }
export const FP8: Omit<Parallelism, 'tp'> = { ...ONE_STAGE, weightBytes: 1, kvBytes: 2, activationBytes: 2 }

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
    parallelism: { tp: 2, ...ONE_STAGE, weightBytes: 0.5, kvBytes: 1, activationBytes: 2 },
    constants: H200_FP8,
  },
  'llama-70b on eight tpu v6e': { model: LLAMA_70B, parallelism: { tp: 8, ...BF16 }, constants: TPU_V6E },
  'llama-8b under a slow host': {
    model: LLAMA_8B,
    parallelism: { tp: 1, ...BF16 },
    constants: { ...H100, layerS: 11e-6, sequenceS: 17e-6 },
  },
  'llama-70b on four stages of two': {
    model: LLAMA_70B,
    parallelism: { tp: 2, ...FP8, pp: 4 },
    constants: { ...H100_FP8, sequenceS: 17e-6 },
  },
  'llama-8b on three unequal stages of one': {
    model: LLAMA_8B,
    parallelism: { tp: 1, ...BF16, pp: 3 },
    constants: H100,
  },
  'latent attention shared by eight': {
    model: DEEPSEEK_R1,
    parallelism: { tp: 8, ...FP8 },
    constants: H200_FP8,
  },
  'latent attention on eight ranks, bound by compute, and eight groups of experts': {
    model: DEEPSEEK_R1,
    parallelism: { tp: 8, ...FP8, attentionDp: 8, ep: 8 },
    constants: H200_FP8,
  },
  'latent attention whose queries are made at once': {
    model: DEEPSEEK_V2_LITE,
    parallelism: { tp: 1, ...BF16 },
    constants: H100,
  },
  'short windows in half of the layers, on two': {
    model: GPT_OSS_20B,
    parallelism: { tp: 2, ...BF16, weightBytes: 0.5 },
    constants: H100,
  },
  'long windows in half of the layers, on two stages': {
    model: GEMMA_9B,
    parallelism: { tp: 1, ...BF16, pp: 2 },
    constants: H100,
  },
  'windows in all layers': { model: MISTRAL_7B, parallelism: { tp: 1, ...BF16 }, constants: H100 },
  'four ranks of two and four groups of experts, on two stages': {
    model: QWEN_30B_MOE,
    parallelism: { tp: 8, ...BF16, pp: 2, attentionDp: 4, ep: 4 },
    constants: {
      ...H100,
      attentionDecode: { ...H100.attentionDecode, perSequenceS: 1.3e-6 },
      sequenceS: 17e-6,
    },
  },
  'experts all on devices of their own': {
    model: GPT_OSS_20B,
    parallelism: { tp: 32, ...BF16, attentionDp: 8, ep: 32 },
    constants: H100,
  },
}

/** The same where decodes bring tokens to be verified, which some operators meet by compute. */
export const VERIFYING: Record<string, OperatorsOptions> = Object.fromEntries(
  Object.entries(OPERATORS)
    .filter(([name]) => /^(llama-8b on one|llama-70b on four|latent|short windows|four ranks)/.test(name))
    .map(([name, options], i) => [`${name}, verifying`, { ...options, rowsPerDecode: 2 + 3 * (i % 3) }]),
)

const SMALL: OperatorsOptions = { model: LLAMA_8B, parallelism: { tp: 1, ...BF16 }, constants: H100 }

/** A target, what drafts for it, and so many tokens. */
export const SPECULATIONS: Record<string, SpeculationOptions> = {
  'llama-70b drafted for by llama-8b': {
    target: OPERATORS['llama-70b fp8 on four h100'],
    draft: { ...SMALL, parallelism: { tp: 4, ...BF16 } },
    draftTokens: 4,
  },
  'windows in the target alone': {
    target: OPERATORS['long windows in half of the layers, on two stages'],
    draft: { ...SMALL, parallelism: { tp: 1, ...BF16, pp: 2 } },
    draftTokens: 3,
  },
  'a head of experts': {
    target: OPERATORS['qwen-30b experts on eight, twice its kv heads'],
    draft: {
      ...OPERATORS['qwen-30b experts on eight, twice its kv heads'],
      model: headOf(QWEN_30B_MOE, 1 / QWEN_30B_MOE.layers),
    },
    draftTokens: 1,
  },
  'n-grams': { target: SMALL, draftTokens: 5 },
}

const POWERS_OF_TWO = Array.from({ length: 24 }, (_, i) => 2 ** i)
const BATCHES = [1, 4, 8, 48, 64, 256, 1024, 8192]

/** What stacks compile. */
export const BUCKETS: Record<string, Buckets> = {
  'batches and contexts': { batch: BATCHES, context: POWERS_OF_TWO },
  'batches alone': { batch: BATCHES },
  'contexts alone': { context: POWERS_OF_TWO },
  'prompts alone': { prompt: POWERS_OF_TWO },
  everything: { batch: BATCHES, context: POWERS_OF_TWO, prompt: POWERS_OF_TWO },
}

export interface Case {
  readonly name: string
  readonly model: LatencyModel
  /** Durations are draws: a longer step need not take longer. */
  readonly random: boolean
  /** Members of a step beyond which all its devices have a part in it. */
  readonly places: number
  /** Attention ranks wait for those that have a chunk: not all the time that it adds is its own. */
  readonly waits: boolean
  /** A step is not the sum of its parts, though its decodes may be affine in context. */
  readonly blends: boolean
}

/** At least one case for every member of the registry; adding a member without one is a type error. */
const CASES = {
  operators: Object.entries(OPERATORS).map(([name, options]) => ({
    ...lawful(name, latencyModels.operators.create(options)),
    places: placesOf(options.parallelism),
    waits: options.parallelism.attentionDp > 1,
  })),
  eager: Object.entries(OPERATORS).map(([name, options]) => ({
    ...lawful(name, latencyModels.eager.create(options)),
    places: placesOf(options.parallelism),
    waits: options.parallelism.attentionDp > 1,
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
    { ...lawful('a draw', latencyModels.exponential.create({ meanS: 0.02, key: 7 })), random: true },
  ],
  samples: [
    lawful('a fitted line', latencyModels.samples.create({ fixedS: 5e-4, computeS: 2e-6 })),
    lawful(
      'work that meets memory first and then compute',
      latencyModels.samples.create({
        fixedS: 1e-4,
        computeS: 2e-6,
        weightsS: 3e-4,
        memoryS: 1e-7,
        inputS: 1e-8,
      }),
    ),
  ],
} satisfies Record<keyof typeof latencyModels, Case[]>

/** Models around models, by what they add to them. */
const WRAPPED = {
  verifying: Object.entries(VERIFYING).map(([name, options]) => ({
    ...lawful(name, latencyModels.operators.create(options)),
    places: placesOf(options.parallelism),
    waits: options.parallelism.attentionDp > 1,
  })),
  speculative: Object.entries(SPECULATIONS).flatMap(([name, options]) => {
    const places = placesOf(options.target.parallelism)
    return (['operators', 'eager'] as const).map(engine => ({
      ...lawful(`${name}, ${engine}`, speculative(options, latencyModels[engine].create)),
      places,
    }))
  }),
  compiled: Object.entries(BUCKETS).flatMap(([name, buckets]) =>
    [
      latencyModels.operators.create(SMALL),
      latencyModels.operators.create(OPERATORS['windows in all layers']),
      speculative(SPECULATIONS['llama-70b drafted for by llama-8b'], latencyModels.operators.create),
    ].map((model, i) => lawful(`${name}, ${i}`, new Compiled(model, new Padding(buckets)))),
  ),
  'compiled eager': [new Compiled(latencyModels.eager.create(SMALL), new Padding(BUCKETS.everything))].map(
    model => ({ ...lawful('everything', model), blends: true }),
  ),
  sped: spedCases(),
}

/** One of every sort of model, by a speedup that rounds. */
function spedCases(): Case[] {
  const padded = latencyModels.operators.create(SMALL)
  const options = SPECULATIONS['llama-70b drafted for by llama-8b']
  const drafting = speculative(options, latencyModels.operators.create)
  const compiled = new Compiled(padded, new Padding(BUCKETS.everything))
  const made = Object.values(CASES).map(([first]) => first)
  const around = [lawful('drafting', drafting), lawful('compiled', compiled)]
  return [...made, ...around].flatMap(one =>
    [0.3, 1.7].map(times => ({ ...one, name: `${one.name}, ${times}`, model: new Sped(one.model, times) })),
  )
}

function lawful(name: string, model: LatencyModel): Case {
  return { name, model, random: false, places: 1, waits: false, blends: model.affineSeconds === undefined }
}

export const cases: Case[] = Object.entries({ ...CASES, ...WRAPPED }).flatMap(([member, list]) =>
  list.map(one => ({ ...one, name: `${member}: ${one.name}` })),
)
