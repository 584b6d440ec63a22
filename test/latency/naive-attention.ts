import type { RooflineConstants } from '../../src/latency/constants.ts'
import type { OperatorsOptions } from '../../src/latency/dealt.ts'

type Gemm = (
  o: OperatorsOptions,
  c: RooflineConstants,
  weightBytes: number,
  rows: number,
  columns: number,
  depth: number,
  heads?: number,
) => number

/** The matrix products of attention in one layer on one device, for the rows of its rank. */
export function naiveAttentionGemms(o: OperatorsOptions, rows: number, gemm: Gemm): number {
  const product = (columns: number, depth: number, heads?: number) =>
    gemm(o, o.constants.gemm, o.parallelism.weightBytes, rows, columns, depth, heads)
  return o.model.mla ? latent(o, product) : grouped(o, product)
}

type OneProduct = (columns: number, depth: number, heads?: number) => number

function grouped({ model, parallelism }: OperatorsOptions, product: OneProduct): number {
  const sharers = parallelism.tp / parallelism.attentionDp
  const kvHeads = Math.max(1, model.kvHeads / sharers)
  const qkv = (model.heads / sharers + 2 * kvHeads) * model.headDim
  return product(qkv, model.hidden) + product(model.hidden, (model.heads * model.headDim) / sharers)
}

/** As in DeepSeek-V2: down to the latents, up to queries, queries into the latent space and results out of it. */
function latent({ model, parallelism }: OperatorsOptions, product: OneProduct): number {
  const { kvRank, queryRank, nopeDim, ropeDim, valueDim } = model.mla!
  const heads = model.heads / (parallelism.tp / parallelism.attentionDp)
  const queryDim = heads * (nopeDim + ropeDim)
  const latents = kvRank + ropeDim
  let t = 0
  if (queryRank > 0) {
    t += product(queryRank + latents, model.hidden)
    t += product(queryDim, queryRank)
  } else {
    t += product(queryDim + latents, model.hidden)
  }
  t += product(kvRank, nopeDim, heads)
  t += product(valueDim, kvRank, heads)
  return t + product(model.hidden, heads * valueDim)
}
