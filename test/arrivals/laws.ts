/** The largest distance between the empirical distributions of two samples (Kolmogorov and Smirnov). */
export function distance(a: Float64Array, b: Float64Array): number {
  const [x, y] = [a.slice().sort(), b.slice().sort()]
  let [i, j, largest] = [0, 0, 0]
  while (i < x.length && j < y.length) {
    const at = Math.min(x[i], y[j])
    while (x[i] <= at) i++
    while (y[j] <= at) j++
    largest = Math.max(largest, Math.abs(i / x.length - j / y.length))
  }
  return largest
}

/** What two samples of one law stay below with probability 1 - 1e-6. */
export function farthest(a: number, b: number): number {
  return Math.sqrt((-Math.log(0.5e-6) / 2) * (1 / a + 1 / b))
}

export function draws(count: number, draw: () => number): Float64Array {
  return Float64Array.from({ length: count }, () => draw())
}

export function meanOf(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]
  return total / values.length
}

/** Standard deviation over mean. */
export function cvOf(values: ArrayLike<number>): number {
  const mean = meanOf(values)
  return Math.sqrt(meanOf(Array.from(values, value => (value - mean) * (value - mean)))) / mean
}
