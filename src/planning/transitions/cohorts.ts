import type { Quarter } from './quarters.ts'

/** Nodes that came in one quarter, on the terms of that day. */
export interface Cohort {
  /** Index of the kind of node. */
  readonly kind: number
  readonly nodes: number
  readonly since: Quarter
  /** First quarter in which they are there no more: past their life, or their contract over. */
  readonly until: Quarter
  /** Of a node, whether it is used or not, all the time that it is there. */
  readonly usdPerHour: number
  /** NaN where unknown. */
  readonly embodiedGramsPerHour: number
}

/** Those that are there in a quarter. */
export function presentIn(cohorts: readonly Cohort[], quarter: Quarter): Cohort[] {
  return cohorts.filter(({ since, until }) => since <= quarter && quarter < until)
}

/** Nodes of a kind. */
export function nodesOf(cohorts: readonly Cohort[], kind: number): number {
  return sumOver(
    cohorts.filter(cohort => cohort.kind === kind),
    () => 1,
  )
}

/** Sum over all nodes of what a node has. */
export function sumOver(cohorts: readonly Cohort[], of: (cohort: Cohort) => number): number {
  return cohorts.reduce((sum, cohort) => sum + cohort.nodes * of(cohort), 0)
}
