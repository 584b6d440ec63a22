/** Statistics computed the slow and plain way, over arrays of values. */

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export function variance(values: readonly number[]): number {
  const centre = mean(values)
  return mean(values.map(value => (value - centre) ** 2))
}

/** Numpy's: linear between order statistics. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return low + (place - Math.floor(place)) * (high - low)
}

/** Counts in [k w, (k + 1) w) for every window that ends at or before the last time. */
export function windowCounts(times: readonly number[], widthS: number): number[] {
  const windows = Math.floor(times[times.length - 1] / widthS)
  return Array.from(
    { length: windows },
    (_, k) => times.filter(time => time >= k * widthS && time < (k + 1) * widthS).length,
  )
}

export function pearson(xs: readonly number[], ys: readonly number[]): number {
  const [mx, my] = [mean(xs), mean(ys)]
  const covariance = mean(xs.map((x, i) => (x - mx) * (ys[i] - my)))
  return covariance / Math.sqrt(variance(xs) * variance(ys))
}

/** Half of those equal, the value itself included, and all below it. */
export function ranks(values: readonly number[]): number[] {
  return values.map(value => {
    const below = values.filter(other => other < value).length
    const equal = values.filter(other => other === value).length
    return below + (equal + 1) / 2
  })
}

/** Hits of an LRU cache of so many blocks, kept as a list with the last used in front. */
export function lruHits(uses: readonly number[], cacheBlocks: number): number {
  const cache: number[] = []
  let hits = 0
  for (const block of uses) {
    const place = cache.indexOf(block)
    if (place >= 0) {
      hits++
      cache.splice(place, 1)
    }
    cache.unshift(block)
    if (cache.length > cacheBlocks) cache.pop()
  }
  return hits
}

/** Different others used since the last use of the same, for every use after the first. */
export function stackDistances(uses: readonly number[]): number[] {
  return uses.flatMap((block, i) => {
    const last = uses.lastIndexOf(block, i - 1)
    return i === 0 || last < 0 ? [] : [new Set(uses.slice(last + 1, i)).size]
  })
}

export interface Prompt {
  readonly inputTokens: number
  readonly blocks: readonly number[]
}

/** Tokens of each prompt that lie in a leading run of blocks of prompts before it. */
export function hitTokens(prompts: readonly Prompt[], blockTokens: number): number[] {
  return prompts.map(({ inputTokens, blocks }, i) => {
    const seen = new Set(prompts.slice(0, i).flatMap(prompt => prompt.blocks))
    const miss = blocks.findIndex(block => !seen.has(block))
    return Math.min((miss < 0 ? blocks.length : miss) * blockTokens, inputTokens)
  })
}
