import type { RequestView, Slo } from './contract.ts'

/** What stands for the requests of a bucket. */
export interface Size {
  readonly inputTokens: number
  readonly outputTokens: number
}

/** Requests of like size with the same objectives. */
export interface SizeBucket {
  /** How many have come; older ones count less. */
  count: number
  /** By kind, requests a second that one replica serves if it is sent nothing else; 0 where it cannot. */
  readonly ratesPerS: Float64Array
  /** By kind; they sum to 1. */
  shares: Float64Array
}

/** Requests a second of one size that a replica of a kind serves within the objectives. */
export type SizedRate = (kind: number, size: Size, slo: Slo) => number

const ANY: Slo = { ttftS: Number.POSITIVE_INFINITY, tpotS: Number.POSITIVE_INFINITY }

/** Powers of two that a number of tokens may lie between. */
const POWERS = 32

/** What comes, bucket by bucket: as many as there are powers of two, squared, for each set of objectives. */
export class SizeBuckets {
  /** Requests in all. */
  seen = 0
  readonly #replicas: readonly number[]
  readonly #rateOf: SizedRate
  readonly #bySlo = new Map<Slo, (SizeBucket | undefined)[]>()
  readonly #all: SizeBucket[] = []
  /** Seconds over which the buckets have counted, halved as they are, and since when more are to be added. */
  #countedS = 0
  #sinceS = Number.NaN

  /** @param replicas of each kind */
  constructor(replicas: readonly number[], rateOf: SizedRate) {
    this.#replicas = replicas
    this.#rateOf = rateOf
  }

  /** Counts a request that comes now. @returns its bucket */
  add(request: RequestView, nowS: number): SizeBucket {
    if (this.seen++ === 0) this.#sinceS = nowS
    const buckets = this.#bucketsFor(request.slo)
    const inputPower = powerOf(request.inputTokens)
    const outputPower = powerOf(request.predictedTokens)
    const place = inputPower * POWERS + outputPower
    buckets[place] ??= this.#made(middleOf(inputPower), middleOf(outputPower), request.slo)
    buckets[place].count++
    return buckets[place]
  }

  /** Those of which requests have come lately. */
  recent(): SizeBucket[] {
    return this.#all.filter(({ count }) => count >= 1)
  }

  /** Over how many seconds they have been counted. */
  countedS(nowS: number): number {
    return this.#countedS + nowS - this.#sinceS
  }

  /** From now on, what has come so far counts half. */
  halve(nowS: number): void {
    this.#countedS = this.countedS(nowS) / 2
    this.#sinceS = nowS
    for (const bucket of this.#all) bucket.count /= 2
  }

  #bucketsFor(slo: Slo): (SizeBucket | undefined)[] {
    const known = this.#bySlo.get(slo)
    if (known !== undefined) return known
    const buckets = new Array<SizeBucket | undefined>(POWERS * POWERS)
    this.#bySlo.set(slo, buckets)
    return buckets
  }

  #made(inputTokens: number, outputTokens: number, slo: Slo): SizeBucket {
    const size = { inputTokens, outputTokens }
    const ratesPerS = this.#ratesOf(size, slo)
    const shares = normalised(ratesPerS.map((rate, kind) => rate * this.#replicas[kind]))
    const bucket = { count: 0, ratesPerS, shares }
    this.#all.push(bucket)
    return bucket
  }

  /** Within the objectives; of a size that meets them nowhere, without; and alike of one that is rejected everywhere. */
  #ratesOf(size: Size, slo: Slo): Float64Array {
    for (const objectives of [slo, ANY]) {
      const rates = Float64Array.from(this.#replicas, (_, kind) => this.#rateOf(kind, size, objectives))
      if (rates.some(rate => rate > 0)) return rates
    }
    return new Float64Array(this.#replicas.length).fill(1)
  }
}

/** Scaled to sum to 1; what is below 0 by rounding is 0. */
export function normalised(shares: Float64Array): Float64Array {
  const sum = shares.reduce((sum, share) => sum + Math.max(0, share), 0)
  return shares.map(share => Math.max(0, share) / sum)
}

/** The greatest power of two that is no more than a number of tokens; tokens below 1 count as 1. */
function powerOf(tokens: number): number {
  return 31 - Math.clz32(Math.max(1, tokens))
}

/** Between a power of two and the next. */
function middleOf(power: number): number {
  return Math.floor(1.5 * 2 ** power)
}
