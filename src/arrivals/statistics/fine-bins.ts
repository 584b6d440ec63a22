import { type Distribution, distributionOf } from './distribution.ts'

const MANTISSA_BITS = 10
const SHIFT = 20 - MANTISSA_BITS
const PER_OCTAVE = 2 ** MANTISSA_BITS
/** From about 1 ps to 35,000 years when values are seconds. */
const LOWEST_EXPONENT = -40
const OCTAVES = 80
const FIRST = (1023 + LOWEST_EXPONENT) * PER_OCTAVE
/** Bin 0 holds zero and less. */
const BINS = 1 + OCTAVES * PER_OCTAVE

/** Width of a bin over its lower edge, at most. */
export const FINE_BIN_WIDTH = 1 / PER_OCTAVE

const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0

function binOf(value: number): number {
  if (value <= 0) return 0
  float[0] = value
  const bin = 1 + (words[HIGH] >>> SHIFT) - FIRST
  return bin < 1 ? 1 : bin >= BINS ? BINS - 1 : bin
}

/** Counts numbers >= 0 in 1024 bins per octave, with the mean of what each bin holds. */
export class FineBins {
  readonly #counts = new Float64Array(BINS)
  readonly #sums = new Float64Array(BINS)

  add(value: number, times: number): void {
    const bin = binOf(value)
    this.#counts[bin] += times
    this.#sums[bin] += times * value
  }

  distribution(): Distribution {
    const used = Array.from(this.#counts.keys()).filter(bin => this.#counts[bin] > 0)
    return distributionOf(
      Float64Array.from(used, bin => this.#sums[bin] / this.#counts[bin]),
      Float64Array.from(used, bin => this.#counts[bin]),
      FINE_BIN_WIDTH,
    )
  }
}
