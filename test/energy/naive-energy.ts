import type { PowerConstants } from '../../src/energy/affine.ts'
import type { DecodeBatch, Work } from '../../src/latency/contract.ts'
import { type Chunk, cachedOf, pairsOf, readBy } from '../latency/steps.ts'

/** A model that passes over a step's decodes, so many tokens of each, and over these chunks. */
export interface Pass {
  /** Of one token of a decode. */
  readonly work: Work
  readonly rowsPerDecode: number
  readonly chunks: readonly Chunk[]
}

/** A step's joules from mean utilisations of a device, one by one: the oracle of the closed forms. */
export function naiveStepJoules(
  passes: readonly Pass[],
  power: PowerConstants,
  batch: DecodeBatch,
  seconds: number,
): number {
  let bytes = 0
  let flops = 0
  for (const pass of passes) {
    const done = naiveWork(pass, batch)
    bytes += done.bytes
    flops += done.flops
  }
  const memoryUse = bytes / power.devices / seconds / power.bytesPerS
  const computeUse = flops / power.devices / seconds / power.flopsPerS
  const share = Math.min(1, power.floor + power.memory * memoryUse + power.compute * computeUse)
  return (power.devices * power.tdpWatts * share + power.hostIdleWatts + power.hostLoadWatts) * seconds
}

function naiveWork({ work, rowsPerDecode, chunks }: Pass, batch: DecodeBatch) {
  const rows = batch.sequences * rowsPerDecode
  const tokens = chunks.reduce((sum, chunk) => sum + chunk.tokens, rows)
  const sampled = rows + chunks.length
  const read = readBy(batch)
  let bytes = work.tokenBytes(tokens) + work.sampledBytes(sampled) + work.contextBytes * read
  let flops = work.tokenFlops(tokens) + work.sampledFlops(sampled) + work.contextFlops * read * rowsPerDecode
  for (const { tokens: q, cachedTokens: c } of chunks) {
    bytes += work.chunkBytes(q, cachedOf({ tokens: q, cachedTokens: c }, batch.window))
    flops += work.pairFlops * pairsOf({ tokens: q, cachedTokens: c }, batch.window)
  }
  return { bytes, flops }
}
