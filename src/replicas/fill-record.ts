import type { LatencyModel } from '../latency/contract.ts'
import type { Chunks } from './chunks.ts'

/** How full the steps of a compiled stack were: a place for every sequence that decodes and every prompt token. */
export class FillRecord {
  /** That the steps had, and that held something. */
  places = 0
  filled = 0
  readonly #latency: LatencyModel

  constructor(latency: LatencyModel) {
    this.#latency = latency
  }

  addDecodes(sequences: number, steps: number): void {
    if (sequences === 0) return
    this.filled += sequences * steps
    this.places += (this.#latency.paddedSequences?.(sequences) ?? sequences) * steps
  }

  addChunks({ chunkTokens, paddedTokens }: Chunks): void {
    this.filled += chunkTokens
    this.places += this.#latency.paddedTokens === undefined ? chunkTokens : paddedTokens
  }
}

/** Absent where steps run as they are. */
export function fillRecordOf(latency: LatencyModel): FillRecord | undefined {
  const isPadded = latency.paddedSequences !== undefined || latency.paddedTokens !== undefined
  return isPadded ? new FillRecord(latency) : undefined
}
