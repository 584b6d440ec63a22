import type { GroupResult } from './group-result.ts'

/** Jain's index over tenants or classes; NaN where there are fewer than two, or none got anything. */
export interface Fairness {
  /** Of the tokens that each was served within the window, over those that it asked for. */
  readonly service: number
  /** Of the shares of each one's requests that met the SLO. */
  readonly goodput: number
}

/** How evenly a run treated the tenants, or the classes, whose requests arrived in its window. */
export function fairnessOf(groups: readonly GroupResult[], by: GroupResult['by']): Fairness {
  const like = groups.filter(group => group.by === by)
  if (like.length < 2) return { service: Number.NaN, goodput: Number.NaN }
  return {
    service: jainIndex(like.map(({ servedTokens, askedTokens }) => servedTokens / askedTokens)),
    goodput: jainIndex(like.map(({ attained, arrived }) => attained / arrived)),
  }
}

/**
 * (sum x)^2 / (n sum x^2): 1 where all have the same, 1/n where one has all; NaN where nobody has anything.
 *
 * R. Jain, D. Chiu, W. Hawe: A Quantitative Measure of Fairness and Discrimination for Resource Allocation in Shared
 * Computer Systems, DEC-TR-301, 1984.
 *
 * @param allotted what each has, >= 0
 */
export function jainIndex(allotted: readonly number[]): number {
  const sum = total(allotted)
  const index = (sum * sum) / (allotted.length * total(allotted.map(each => each * each)))
  // Of equal fractions, rounding makes a hair more than 1.
  return Math.min(1, index)
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
