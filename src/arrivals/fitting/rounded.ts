/** Four significant digits: a fit is not surer than that. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
