import type { PowerConstants } from '../../src/energy/affine.ts'
import type { DecodeBatch } from '../../src/latency/contract.ts'
import type { OperatorsOptions } from '../../src/latency/dealt.ts'
import { TransformerWork } from '../../src/latency/work.ts'
import { type Chunk, cachedOf, pairsOf, readBy } from '../latency/steps.ts'

/** A step's joules from mean utilisations of a device, one by one: the oracle of the closed forms. */
export function naiveStepJoules(
  { model, parallelism }: OperatorsOptions,
  power: PowerConstants,
  batch: DecodeBatch,
  chunks: readonly Chunk[],
  seconds: number,
): number {
  const work = new TransformerWork(model, parallelism)
  const n = batch.sequences
  const tokens = chunks.reduce((sum, chunk) => sum + chunk.tokens, n)
  const sampled = n + chunks.length
  const read = readBy(batch)
  let bytes = work.tokenBytes(tokens) + work.sampledBytes(sampled) + work.contextBytes * read
  let flops = work.tokenFlops(tokens) + work.sampledFlops(sampled) + work.contextFlops * read
  for (const { tokens: q, cachedTokens: c } of chunks) {
    bytes += work.chunkBytes(q, cachedOf({ tokens: q, cachedTokens: c }, batch.window))
    flops += work.pairFlops * pairsOf({ tokens: q, cachedTokens: c }, batch.window)
  }
  const memoryUse = bytes / power.devices / seconds / power.bytesPerS
  const computeUse = flops / power.devices / seconds / power.flopsPerS
  const share = Math.min(1, power.floor + power.memory * memoryUse + power.compute * computeUse)
  return (power.devices * power.tdpWatts * share + power.hostIdleWatts + power.hostLoadWatts) * seconds
}
