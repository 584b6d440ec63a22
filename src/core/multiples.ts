/** The greatest whole number that divides both. */
export function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}

/** The least whole number that both divide; both are above 0. */
export function commonMultiple(a: number, b: number): number {
  return (a / commonDivisor(a, b)) * b
}
