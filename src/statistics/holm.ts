/**
 * Adjusted p values of a family of tests (Holm 1979): calling different what has one below 0.05 calls anything
 * different that is not with a chance of 5 % at most, whatever the tests have to do with one another. In the order
 * given. A NaN stays one and counts as a member, so the others are judged as strictly as if it were known.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = [...pValues.keys()].filter(test => !Number.isNaN(pValues[test]))
  order.sort((a, b) => pValues[a] - pValues[b])
  const adjusted = pValues.map(() => Number.NaN)
  let most = 0
  order.forEach((test, place) => {
    most = Math.max(most, Math.min(1, pValues[test] * (pValues.length - place)))
    adjusted[test] = most
  })
  return adjusted
}
