import jStat from 'jstat'

/** Where Student's law is near enough to the normal for a series in 1 / degrees, and jstat begins to lose digits. */
const MANY_DEGREES = 1000

/** Digits that jstat is good for; it takes powers, whose last bits differ between versions of Node. */
const DIGITS = 7

/** The p-quantile of the standard normal law; p in (0, 1). */
export function normalQuantile(p: number): number {
  return jStat.normal.inv(p, 0, 1)
}

/**
 * The p-quantile of Student's law, to seven digits, the same on every platform; p in (0, 1), degrees 1 or more.
 * From 1,000 degrees on by the first terms of its expansion around the normal (Abramowitz and Stegun, 26.7.5).
 */
export function studentQuantile(p: number, degrees: number): number {
  const exact = degrees < MANY_DEGREES ? jStat.studentt.inv(p, degrees) : nearlyNormal(p, degrees)
  return Number(exact.toPrecision(DIGITS))
}

function nearlyNormal(p: number, degrees: number): number {
  const z = normalQuantile(p)
  const cube = z * z * z
  const first = (cube + z) / (4 * degrees)
  return z + first + (5 * cube * z * z + 16 * cube + 3 * z) / (96 * degrees * degrees)
}

/** What a two-sided interval of this confidence multiplies the standard error by; confidence in (0, 1). */
export function criticalT(confidence: number, degrees: number): number {
  return studentQuantile(upperShare(confidence), degrees)
}

/** The same where the standard error is known, not estimated. */
export function criticalZ(confidence: number): number {
  return normalQuantile(upperShare(confidence))
}

/** The share below the upper end of an interval that leaves out as much on either side. */
export function upperShare(confidence: number): number {
  checkConfidence(confidence)
  return (1 + confidence) / 2
}

/** Throws a RangeError for a confidence that is none. */
export function checkConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence ${confidence} is not in (0, 1)`)
}

/** Chance that Student's law is as far from 0 as `t` or farther, either way; exact in the tail too. */
export function studentTails(t: number, degrees: number): number {
  return Number.isNaN(t) ? Number.NaN : jStat.ibeta(degrees / (degrees + t * t), degrees / 2, 0.5)
}
