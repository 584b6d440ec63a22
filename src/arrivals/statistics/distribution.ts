/** How often each of some values came: exact, or in bins whose values are the means of what they hold. */
export interface Distribution {
  /** Rising. */
  readonly values: Float64Array
  /** How often each came, above 0. */
  readonly counts: Float64Array
  /** Sum of the counts. */
  readonly count: number
  /** Width of a bin over its value; 0 where every value is kept. */
  readonly binWidth: number
}

export function distributionOf(values: Float64Array, counts: Float64Array, binWidth: number): Distribution {
  return { values, counts, count: counts.reduce((sum, count) => sum + count, 0), binWidth }
}

/** Sorts the values in place. */
export function exactDistribution(values: Float64Array): Distribution {
  values.sort()
  const counts = new Float64Array(values.length)
  let distinct = 0
  for (let i = 0; i < values.length; i++) {
    if (i === 0 || values[i] !== values[distinct - 1]) values[distinct++] = values[i]
    counts[distinct - 1]++
  }
  return distributionOf(values.subarray(0, distinct), counts.subarray(0, distinct), 0)
}

/** The values above 0. */
export function positivePart({ values, counts, binWidth }: Distribution): Distribution {
  const first = values.findIndex(value => value > 0)
  const from = first < 0 ? values.length : first
  return distributionOf(values.subarray(from), counts.subarray(from), binWidth)
}

/** Count of values at or below 0. */
export function zerosOf(distribution: Distribution): number {
  return distribution.count - positivePart(distribution).count
}

/** Mean of a function of the values; NaN where there are none. */
export function meanOf({ values, counts, count }: Distribution, of: (value: number) => number): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += counts[i] * of(values[i])
  return sum / count
}

export function mean(distribution: Distribution): number {
  return meanOf(distribution, value => value)
}

/** Standard deviation of the values themselves, not of a population that they are drawn from. */
export function deviation(distribution: Distribution): number {
  const centre = mean(distribution)
  return Math.sqrt(meanOf(distribution, value => (value - centre) * (value - centre)))
}

/** Largest value; NaN where there are none. */
export function largest({ values }: Distribution): number {
  return values.length === 0 ? Number.NaN : values[values.length - 1]
}

/** Linear between order statistics, at each of the shares, which rise; NaN where there are none. */
export function quantiles({ values, counts, count }: Distribution, shares: readonly number[]): number[] {
  let i = 0
  let upTo = counts[0]
  const at = (rank: number) => {
    while (upTo <= rank) upTo += counts[++i]
    return values[i]
  }
  return shares.map(share => {
    if (count === 0) return Number.NaN
    const rank = share * (count - 1)
    const whole = Math.floor(rank)
    const below = at(whole)
    if (rank === whole) return below
    const above = upTo > whole + 1 ? below : values[i + 1]
    return below + (rank - whole) * (above - below)
  })
}

export function quantile(distribution: Distribution, share: number): number {
  return quantiles(distribution, [share])[0]
}

/** Sizes, spread and quantiles of a distribution. */
export interface Summary {
  readonly count: number
  readonly mean: number
  readonly deviation: number
  readonly zeros: number
  /** At `SHARES`. */
  readonly quantiles: readonly number[]
}

/** The shares at which summaries have quantiles. */
export const SHARES = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1] as const

export function summaryOf(distribution: Distribution): Summary {
  return {
    count: distribution.count,
    mean: mean(distribution),
    deviation: deviation(distribution),
    zeros: zerosOf(distribution),
    quantiles: quantiles(distribution, SHARES),
  }
}
