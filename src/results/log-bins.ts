const MANTISSA_BITS = 7
const SHIFT = 20 - MANTISSA_BITS
const PER_OCTAVE = 2 ** MANTISSA_BITS
/** Exponents -30 to 29: from about 1 ns to 17 years when values are seconds. */
const LOWEST_EXPONENT = -30
const OCTAVES = 60
const FIRST = (1023 + LOWEST_EXPONENT) * PER_OCTAVE
const BINS = OCTAVES * PER_OCTAVE

const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0

/** Index of the bin that holds a positive value. */
function binOf(value: number): number {
  float[0] = value
  const bin = (words[HIGH] >>> SHIFT) - FIRST
  return bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin
}

/** Lower edge of a bin. */
function edge(bin: number): number {
  words[HIGH] = (bin + FIRST) << SHIFT
  words[1 - HIGH] = 0
  return float[0]
}

/**
 * Counts of positive values in 128 bins per octave, each bin at most 0.79 % wide: quantiles read from it are
 * within 0.8 % of the exact ones. Zero and less go to the lowest bin, which reads as 0.
 */
export class LogBins {
  readonly #counts = new Float64Array(BINS)
  #total = 0

  get count(): number {
    return this.#total
  }

  add(value: number, count: number): void {
    this.#counts[value > 0 ? binOf(value) : 0] += count
    this.#total += count
  }

  /** The bin of a value, for callers that count runs of values at once. */
  bin(value: number): number {
    return value > 0 ? binOf(value) : 0
  }

  /** Lower edge of the bin after `bin`: the least value that does not fall in it. */
  upperEdge(bin: number): number {
    return edge(bin + 1)
  }

  addToBin(bin: number, count: number): void {
    this.#counts[bin] += count
    this.#total += count
  }

  clear(): void {
    this.#counts.fill(0)
    this.#total = 0
  }

  /** The value with rank q * (count - 1), linear between bin edges; NaN when empty. */
  quantile(q: number): number {
    if (this.#total === 0) return Number.NaN
    const rank = q * (this.#total - 1)
    let below = 0
    for (let bin = 0; bin < BINS; bin++) {
      const count = this.#counts[bin]
      if (below + count > rank) {
        if (bin === 0) return 0
        const low = edge(bin)
        return low + ((rank - below + 0.5) / count) * (edge(bin + 1) - low)
      }
      below += count
    }
    return edge(BINS)
  }
}
