import { ONE_STAGE, type Parallelism } from '../latency/layout.ts'
import { headProduct, layerProducts } from '../latency/products.ts'
import { kvHeadsPerDevice, moeLayersOf } from '../latency/transformer.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { LlmModel } from '../scenario/facts.ts'
import type { Matrix } from './kernels.ts'

/** Matrices on one of `tp` devices, as profilers call them. Where they are not parts, the latency model's own. */
const MATRICES = {
  qkv: (model, tp) => attentionOf(model, tp)[0],
  q: (model, tp) => part(attentionOf(model, tp)[0], (model.heads / tp) * model.headDim),
  k: (model, tp) => part(attentionOf(model, tp)[0], kvHeadsPerDevice(model, tp) * model.headDim),
  v: (model, tp) => part(attentionOf(model, tp)[0], kvHeadsPerDevice(model, tp) * model.headDim),
  o: (model, tp) => attentionOf(model, tp)[1],
  upGate: (model, tp) => mlpOf(model, tp)[0],
  up: (model, tp) => part(mlpOf(model, tp)[0], model.ffn / tp),
  gate: (model, tp) => part(mlpOf(model, tp)[0], model.ffn / tp),
  down: (model, tp) => mlpOf(model, tp)[1],
  head: (model, tp) => headProduct(model, layoutOf(tp)),
} as const satisfies Record<string, (model: LlmModel, tp: number) => Matrix>

export type MatrixName = keyof typeof MATRICES

/** Throws Unusable where the model has no such matrix or cannot be cut into `tp` parts. */
export function matrixOf(model: LlmModel, tp: number, name: MatrixName): Matrix {
  if (model.heads % tp !== 0)
    throw new Unusable(`tp ${tp} does not divide the ${model.heads} heads of ${model.id}`)
  return MATRICES[name](model, tp)
}

/** The experts that tokens choose among, on one of `tp` devices: their number, a token's, and their matrices. */
export function routedExpertsOf(
  model: LlmModel,
  tp: number,
): { readonly count: number; readonly perToken: number; readonly matrices: readonly Matrix[] } {
  if (model.moe === undefined) throw new Unusable(`${model.id} has no experts`)
  const { experts, expertsPerToken } = model.moe
  const matrices = layerProducts(model, layoutOf(tp)).filter(({ matrices }) => matrices === experts)
  return { count: experts, perToken: expertsPerToken, matrices }
}

function attentionOf(model: LlmModel, tp: number): readonly Matrix[] {
  if (model.mla !== undefined) throw new Unusable(`${model.id} has latent attention, and no q, k and v`)
  return layerProducts(model, layoutOf(tp)).filter(({ isOfRank }) => isOfRank)
}

function mlpOf(model: LlmModel, tp: number): readonly Matrix[] {
  if (moeLayersOf(model) === model.layers) throw new Unusable(`${model.id} has no dense layers`)
  return layerProducts(model, layoutOf(tp)).filter(({ isOfRank }) => !isOfRank)
}

function part({ depth }: Matrix, columns: number): Matrix {
  return { columns, depth }
}

function layoutOf(tp: number): Parallelism {
  return { tp, ...ONE_STAGE, weightBytes: 2, kvBytes: 2, activationBytes: 2 }
}
