declare module 'jstat' {
  /** The part of jstat that is used here; it brings no types. */
  export const jStat: {
    readonly studentt: { inv(p: number, degreesOfFreedom: number): number }
    gammaln(x: number): number
    lowRegGamma(shape: number, x: number): number
  }
}
