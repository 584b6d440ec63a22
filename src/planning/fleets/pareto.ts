/**
 * The points that no other is better than by one key without being worse by another; all keys are to be small, and NaN
 * is worst. In their order; of points that are alike in all keys, all stay.
 */
export function frontOf<Key extends string, Point extends Readonly<Record<Key, number>>>(
  points: readonly Point[],
  keys: readonly Key[],
): Point[] {
  const values = points.map(point => keys.map(key => (Number.isNaN(point[key]) ? Infinity : point[key])))
  const order = [...points.keys()].sort((a, b) => compared(values[a], values[b]) || a - b)
  const front: number[] = []
  for (const index of order)
    if (!front.some(other => dominates(values[other], values[index]))) front.push(index)
  return front.sort((a, b) => a - b).map(index => points[index])
}

/** What dominates a point comes before it in this order: by the first key that differs. */
function compared(a: readonly number[], b: readonly number[]): number {
  const key = a.findIndex((value, i) => value !== b[i])
  return key === -1 ? 0 : a[key] < b[key] ? -1 : 1
}

function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => value <= b[i]) && a.some((value, i) => value < b[i])
}
