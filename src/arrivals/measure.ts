import { commonMultiple } from '../core/multiples.ts'
import { ArrivalBlock, type ArrivalSource, type ReadingReport } from './contract.ts'
import type { Details } from './details.ts'
import { ContentHash } from './hash.ts'

/** Mean sizes of a set of requests in tokens; NaN where there are none. */
export interface SizeMeans {
  readonly requests: number
  readonly meanInputTokens: number
  readonly meanOutputTokens: number
  readonly meanHitTokens: number
}

/** What a workload is like. */
export interface Measure extends SizeMeans {
  /** Seconds from the first arrival to the last. */
  readonly spanS: number
  /** Arrivals after the first, per second of span; NaN for a single request. */
  readonly meanRatePerS: number
  readonly maxInputTokens: number
  readonly maxOutputTokens: number
  /** The longest prompt and output of one request together. */
  readonly maxTotalTokens: number
  /** By class, in order of `classes`. */
  readonly byClass: readonly (SizeMeans & { readonly name: string })[]
  /** Every n-th request, evenly over the workload. */
  readonly sample: LengthSample
  /** Fingerprint of the whole content, 16 hexadecimal digits. */
  readonly hash: string
  /** Turns of sessions that are sent when the turn before them has ended: their times are not the workload's to say. */
  readonly waitingTurns: number
  /** Requests that are turns of a session, that list their prefix blocks, that have a deadline, and that name a model. */
  readonly turns: number
  readonly blockLists: number
  readonly deadlines: number
  readonly modelRequests: number
  /** Least number of prompt tokens that is whole prefix blocks of every size met; 0 where there are none. */
  readonly prefixBlockTokens: number
  /** Names that `tenantId` and `modelId` index, as far as the workload has named them. */
  readonly tenants: readonly string[]
  readonly models: readonly string[]
  /** How many requests name each of the models. */
  readonly requestsByModel: readonly number[]
  /** What happened while it was read; undefined where nothing can. */
  readonly report: ReadingReport | undefined
}

/** Sizes of some requests, as columns of one length. */
export interface LengthSample {
  readonly inputTokens: Int32Array
  readonly outputTokens: Int32Array
  readonly hitTokens: Int32Array
  readonly classId: Uint8Array
  /** Index into the workload's `models`, or -1. */
  readonly modelId: Int32Array
}

/**
 * Reads a workload through once, in bounded memory, and closes it.
 *
 * @param samplePairs how many requests the sample holds at most; it holds at least half of that, or all
 */
export async function measure(source: ArrivalSource, samplePairs = 4096): Promise<Measure> {
  const meter = new Meter(samplePairs)
  const block = new ArrivalBlock()
  try {
    for (;;) {
      await source.fill(block)
      if (block.length === 0) return meter.result(source)
      meter.add(block)
    }
  } finally {
    source.close()
  }
}

class Meter {
  readonly #sums: Sums[] = []
  readonly #sampler: Sampler
  readonly #hash = new ContentHash()
  #waitingTurns = 0
  #turns = 0
  #blockLists = 0
  #deadlines = 0
  readonly #requestsByModel: number[] = []
  #prefixBlockTokens = 0
  #lastS = 0
  #maxInputTokens = 0
  #maxOutputTokens = 0
  #maxTotalTokens = 0

  constructor(samplePairs: number) {
    this.#sampler = new Sampler(samplePairs)
  }

  add(block: ArrivalBlock): void {
    for (let row = 0; row < block.length; row++) {
      const input = block.inputTokens[row]
      const output = block.outputTokens[row]
      const sums = this.#sums[block.classId[row]] ?? this.#newClass(block.classId[row])
      sums.add(input, output, block.hitTokens[row])
      this.#maxInputTokens = Math.max(this.#maxInputTokens, input)
      this.#maxOutputTokens = Math.max(this.#maxOutputTokens, output)
      this.#maxTotalTokens = Math.max(this.#maxTotalTokens, input + output)
    }
    this.#lastS = block.arrivalS[block.length - 1]
    if (block.details !== undefined) this.#countDetails(block.details, block.length)
    this.#sampler.add(block)
    this.#hash.add(block)
  }

  result(source: ArrivalSource): Measure {
    const all = new Sums()
    const byClass = source.classes.map((name, id) => ({ name, sums: this.#sums[id] ?? new Sums() }))
    for (const { sums } of byClass) all.include(sums)
    return {
      ...all.means(),
      spanS: this.#lastS,
      meanRatePerS: (all.requests - 1) / this.#lastS,
      maxInputTokens: this.#maxInputTokens,
      maxOutputTokens: this.#maxOutputTokens,
      maxTotalTokens: this.#maxTotalTokens,
      byClass: byClass.map(({ name, sums }) => ({ name, ...sums.means() })),
      sample: this.#sampler.sample(),
      waitingTurns: this.#waitingTurns,
      turns: this.#turns,
      blockLists: this.#blockLists,
      deadlines: this.#deadlines,
      modelRequests: this.#requestsByModel.reduce((sum, requests) => sum + (requests ?? 0), 0),
      prefixBlockTokens: this.#prefixBlockTokens,
      tenants: [...(source.tenants ?? [])],
      models: [...(source.models ?? [])],
      requestsByModel: (source.models ?? []).map((_, id) => this.#requestsByModel[id] ?? 0),
      hash: this.#hash.hex(source.classes),
      report: source.report?.(),
    }
  }

  #countDetails({ sessionId, thinkS, blockTokens, deadlineS, modelId }: Details, rows: number): void {
    for (let row = 0; row < rows; row++) {
      if (thinkS[row] >= 0) this.#waitingTurns++
      if (sessionId[row] >= 0) this.#turns++
      if (blockTokens[row] > 0) this.#addBlockList(blockTokens[row])
      if (deadlineS[row] > 0) this.#deadlines++
      if (modelId[row] >= 0) this.#countModel(modelId[row])
    }
  }

  #countModel(modelId: number): void {
    this.#requestsByModel[modelId] = (this.#requestsByModel[modelId] ?? 0) + 1
  }

  #addBlockList(blockTokens: number): void {
    this.#blockLists++
    const before = this.#prefixBlockTokens
    if (before === 0) this.#prefixBlockTokens = blockTokens
    else if (before % blockTokens > 0) this.#prefixBlockTokens = commonMultiple(before, blockTokens)
  }

  #newClass(classId: number): Sums {
    const sums = new Sums()
    this.#sums[classId] = sums
    return sums
  }
}

class Sums {
  requests = 0
  #inputTokens = 0
  #outputTokens = 0
  #hitTokens = 0

  add(inputTokens: number, outputTokens: number, hitTokens: number): void {
    this.requests++
    this.#inputTokens += inputTokens
    this.#outputTokens += outputTokens
    this.#hitTokens += hitTokens
  }

  include(other: Sums): void {
    this.requests += other.requests
    this.#inputTokens += other.#inputTokens
    this.#outputTokens += other.#outputTokens
    this.#hitTokens += other.#hitTokens
  }

  means(): SizeMeans {
    return {
      requests: this.requests,
      meanInputTokens: this.#inputTokens / this.requests,
      meanOutputTokens: this.#outputTokens / this.requests,
      meanHitTokens: this.#hitTokens / this.requests,
    }
  }
}

/** Keeps every stride-th request; when there is no room left, every other one goes and the stride doubles. */
class Sampler {
  readonly #kept: ArrivalBlock
  readonly #modelId: Int32Array
  #stride = 1
  #untilNext = 0

  constructor(capacity: number) {
    this.#kept = new ArrivalBlock(Math.max(2, capacity))
    this.#modelId = new Int32Array(this.#kept.capacity)
  }

  add(block: ArrivalBlock): void {
    let row = this.#untilNext
    for (; row < block.length; row += this.#stride) {
      this.#modelId[this.#kept.length] = block.details?.modelId[row] ?? -1
      this.#kept.push(
        0,
        block.inputTokens[row],
        block.outputTokens[row],
        block.hitTokens[row],
        block.classId[row],
      )
      if (this.#kept.length === this.#kept.capacity) row += this.#thin()
    }
    this.#untilNext = row - block.length
  }

  sample(): LengthSample {
    const { length, inputTokens, outputTokens, hitTokens, classId } = this.#kept
    return {
      inputTokens: inputTokens.slice(0, length),
      outputTokens: outputTokens.slice(0, length),
      hitTokens: hitTokens.slice(0, length),
      classId: classId.slice(0, length),
      modelId: this.#modelId.slice(0, length),
    }
  }

  /** Gives how many rows to pass over to be back in step: the last one kept may have gone. */
  #thin(): number {
    const kept = this.#kept
    const length = Math.ceil(kept.length / 2)
    for (let row = 0; row < length; row++) {
      kept.inputTokens[row] = kept.inputTokens[2 * row]
      kept.outputTokens[row] = kept.outputTokens[2 * row]
      kept.hitTokens[row] = kept.hitTokens[2 * row]
      kept.classId[row] = kept.classId[2 * row]
      this.#modelId[row] = this.#modelId[2 * row]
    }
    const lastWent = kept.length % 2 === 0
    kept.length = length
    this.#stride *= 2
    return lastWent ? -this.#stride / 2 : 0
  }
}
