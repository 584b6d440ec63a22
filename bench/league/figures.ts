/** Digits of half a width, which say how many of the figure are worth showing. */
const DIGITS = 2
const MOST_DECIMALS = 6
/** Significant digits of a figure whose interval has no width, or no ends. */
const ALONE = 3

/** `92.4 ± 1.8`: a figure to two digits of half the width of its interval; by itself where that is not known. */
export function plusMinus(mean: number, halfWidth: number): string {
  if (Number.isNaN(halfWidth)) return `${alone(mean)} ± ?`
  if (halfWidth === 0) return alone(mean)
  const decimals = Math.min(MOST_DECIMALS, Math.max(0, DIGITS - 1 - Math.floor(Math.log10(halfWidth))))
  return `${mean.toFixed(decimals)} ± ${halfWidth.toFixed(decimals)}`
}

function alone(value: number): string {
  return String(Number(value.toPrecision(ALONE)))
}
