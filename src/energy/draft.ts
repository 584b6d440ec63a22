import { ByCount } from '../latency/by-count.ts'
import type { DraftWork } from '../latency/contract.ts'

/** Joules of the layers and the output layer of a draft, apart from its attention. */
export class DraftJoules {
  readonly #passes: number
  /** Of one pass: by tokens, and by tokens sampled. */
  readonly #tokenJoules: ByCount
  readonly #sampledJoules: ByCount

  /** @param joules of bytes and operations */
  constructor({ work, passes }: DraftWork, joules: (bytes: number, flops: number) => number) {
    this.#passes = passes
    this.#tokenJoules = new ByCount(count => joules(work.tokenBytes(count), work.tokenFlops(count)))
    this.#sampledJoules = new ByCount(count => joules(work.sampledBytes(count), work.sampledFlops(count)))
  }

  /** Of a step of decodes. */
  ofDecodes(sequences: number): number {
    return this.#passes * this.#pass(sequences, sequences)
  }

  /** Of a step with chunks, which the first pass carries beside the decodes. */
  ofStep(sequences: number, chunks: number, chunkTokens: number): number {
    const first = this.#pass(sequences + chunkTokens, sequences + chunks)
    return sequences === 0 ? first : first + (this.#passes - 1) * this.#pass(sequences, sequences)
  }

  #pass(tokens: number, sampled: number): number {
    return this.#tokenJoules.at(tokens) + this.#sampledJoules.at(sampled)
  }
}
