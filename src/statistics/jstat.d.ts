declare module 'jstat' {
  /** The part of jstat that is used here; it brings no types. It is CommonJS: Node gives it as the default. */
  const jStat: {
    readonly studentt: { inv(p: number, degrees: number): number }
    readonly normal: { inv(p: number, mean: number, deviation: number): number }
    ibeta(x: number, a: number, b: number): number
    gammaln(x: number): number
    lowRegGamma(shape: number, x: number): number
  }
  export default jStat
}
