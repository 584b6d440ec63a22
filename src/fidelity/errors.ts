import type { Catalogue } from '../scenario/facts.ts'
import { basisOf, type Family, familyOf } from './basis.ts'
import type { Basis, Comparison } from './contract.ts'

/** A comparison, the test that made it, and what it rests on. */
export interface Tested extends Comparison {
  readonly test: string
  readonly basis: Basis
  readonly family: Family
}

export function testedBy(test: string, comparison: Comparison, catalogue: Catalogue): Tested {
  const basis = basisOf(comparison, catalogue)
  return { ...comparison, test, basis, family: familyOf(comparison, catalogue) }
}

/** What comparisons of one group have in common. */
export type GroupKey = Pick<
  Tested,
  'test' | 'device' | 'model' | 'engine' | 'weights' | 'metric' | 'basis'
> & {
  /** Empty where nothing is known against the measurements. */
  readonly doubt: string
}

/** Relative errors of a group, as fractions of what was measured. */
export interface GroupErrors extends GroupKey {
  readonly count: number
  /** Mean, median and 90th percentile of |predicted / measured - 1|. */
  readonly mean: number
  readonly median: number
  readonly p90: number
  /** Mean of predicted / measured - 1: above 0 where predictions are too slow, or too much. */
  readonly bias: number
}

/** predicted / measured - 1 */
export function relativeError({ predicted, measured }: Pick<Comparison, 'predicted' | 'measured'>): number {
  return predicted / measured - 1
}

/** The comparisons by group, in the order of what they are called. */
export function groupsOf(comparisons: Iterable<Tested>): GroupErrors[] {
  const groups = new Map<string, { readonly key: GroupKey; readonly errors: number[] }>()
  for (const comparison of comparisons) {
    const key = keyOf(comparison)
    const name = Object.values(key).join('\u0000')
    const group = groups.get(name) ?? { key, errors: [] }
    if (!groups.has(name)) groups.set(name, group)
    group.errors.push(relativeError(comparison))
  }
  const names = [...groups.keys()].sort()
  return names.map(name => groups.get(name)!).map(({ key, errors }) => ({ ...key, ...summary(errors) }))
}

function keyOf({ test, device, model, engine, weights, metric, basis, doubt = '' }: Tested): GroupKey {
  return { test, device, model, engine, weights, metric, basis, doubt }
}

/** @param errors at least one */
export function summary(errors: readonly number[]): Omit<GroupErrors, keyof GroupKey> {
  const absolute = errors.map(Math.abs).sort((a, b) => a - b)
  return {
    count: errors.length,
    mean: meanOf(absolute),
    median: absolute[Math.ceil(0.5 * absolute.length) - 1],
    p90: absolute[Math.ceil(0.9 * absolute.length) - 1],
    bias: meanOf(errors),
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
