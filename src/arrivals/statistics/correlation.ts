/** Pearson's correlation; NaN where either side does not vary. */
export function correlation(xs: ArrayLike<number>, ys: ArrayLike<number>): number {
  const moments = new JointMoments()
  for (let i = 0; i < xs.length; i++) moments.add(xs[i], ys[i])
  return moments.correlation()
}

/** Sums for Pearson's correlation, around the means so far, so that they do not cancel. */
export class JointMoments {
  #count = 0
  #meanX = 0
  #meanY = 0
  #squaresX = 0
  #squaresY = 0
  #products = 0

  add(x: number, y: number): void {
    this.#count++
    const dx = x - this.#meanX
    const dy = y - this.#meanY
    this.#meanX += dx / this.#count
    this.#meanY += dy / this.#count
    this.#squaresX += dx * (x - this.#meanX)
    this.#squaresY += dy * (y - this.#meanY)
    this.#products += dx * (y - this.#meanY)
  }

  correlation(): number {
    const spread = Math.sqrt(this.#squaresX) * Math.sqrt(this.#squaresY)
    return spread > 0 ? this.#products / spread : Number.NaN
  }
}

/** Spearman's: Pearson's of the ranks, equal values at the middle of theirs. */
export function rankCorrelation(xs: Int32Array, ys: Int32Array): number {
  const rankX = ranksOf(xs)
  const rankY = ranksOf(ys)
  const moments = new JointMoments()
  for (let i = 0; i < xs.length; i++) moments.add(rankX(xs[i]), rankY(ys[i]))
  return moments.correlation()
}

/** Gives the rank of a value, from 0. */
function ranksOf(values: Int32Array): (value: number) => number {
  const sorted = values.slice().sort()
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1])
  const firsts = new Float64Array(distinct.length + 1).fill(sorted.length)
  for (let i = sorted.length - 1, place = distinct.length - 1; i >= 0; i--) {
    while (sorted[i] !== distinct[place]) place--
    firsts[place] = i
  }
  return value => {
    const place = placeOf(distinct, value)
    return (firsts[place] + firsts[place + 1] - 1) / 2
  }
}

/** Place of a value in a rising list that has it. */
function placeOf(rising: Int32Array, value: number): number {
  let low = 0
  let high = rising.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (rising[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}
