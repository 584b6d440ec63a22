import type { Values } from './moments.ts'

/** Observations to a batch: the 5 of MSER-5. */
const BATCH = 5

/** The last batches are no cuts: so few of them can be alike by chance. */
const LAST_BATCHES = 5
const FEWEST_BATCHES = 2 * LAST_BATCHES

/**
 * Observations to cut from the front of a series because the run had not settled, by MSER-5 (White 1997; White, Cobb
 * and Spratt 2000): the cut for which the squared standard error of the mean of what is left is least, on means of
 * five. The series is in order of time, such as TTFT by arrival, or its mean over replications, observation by
 * observation, which shows the transient better.
 *
 * Undefined where the best cut lies in the last half, so the run is too short for its transient and no cut is to be
 * trusted; and for fewer than 50 observations, or where one is NaN. The last five batches are no cuts (Hoad, Robinson
 * and Davies 2010).
 */
export function warmUpOf(series: Values): number | undefined {
  const means = batchesOfFive(series)
  if (means.length < FEWEST_BATCHES || means.some(Number.isNaN)) return undefined
  const cut = leastSpreadFrom(means)
  return cut > means.length / 2 ? undefined : cut * BATCH
}

function batchesOfFive(series: Values): Float64Array {
  const means = new Float64Array(Math.floor(series.length / BATCH))
  for (let i = 0; i < means.length * BATCH; i++) means[Math.floor(i / BATCH)] += series[i] / BATCH
  return means
}

/** Where to begin so that squares around the mean, over the count squared, are least; the earliest of equals. */
function leastSpreadFrom(means: Float64Array): number {
  let centre = 0
  let squares = 0
  let least = Number.POSITIVE_INFINITY
  let from = 0
  for (let first = means.length - 1; first >= 0; first--) {
    const count = means.length - first
    const off = means[first] - centre
    centre += off / count
    squares += off * (means[first] - centre)
    if (count <= LAST_BATCHES || squares / (count * count) > least) continue
    least = squares / (count * count)
    from = first
  }
  return from
}
