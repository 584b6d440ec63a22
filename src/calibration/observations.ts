import { UserError } from '../core/errors.ts'
import type { Catalogue } from '../scenario/facts.ts'
import type { Observation } from './contract.ts'
import { type Draft, LeftOut, type Limits } from './formats/contract.ts'
import { type Given, Setups } from './setups.ts'

/** The measurements of one device under one engine. */
export interface Observed {
  readonly observations: readonly Observation[]
  /** Measurements that do not serve, counted by reason. */
  readonly leftOut: ReadonlyMap<string, number>
  /** What was taken for granted as neither file nor user says it. */
  readonly assumed: readonly string[]
}

/**
 * Looks up what the measurements are of, and leaves out those that are of something else or cannot serve.
 *
 * Throws a UserError where none is left, or they are of several devices or engines.
 */
export function observed(
  drafts: readonly Draft[],
  catalogue: Catalogue,
  given: Given,
  limits: Limits,
): Observed {
  const setups = new Setups(catalogue, given, drafts)
  const leftOut = new Map<string, number>()
  const observations: Observation[] = []
  for (const draft of drafts) {
    try {
      observations.push(draft.observe(setups.of(draft), limits))
    } catch (error) {
      if (!(error instanceof LeftOut)) throw error
      leftOut.set(error.message, (leftOut.get(error.message) ?? 0) + 1)
    }
  }
  checkSome(observations, leftOut)
  checkOne('device', observations)
  checkOne('engine', observations)
  return { observations, leftOut, assumed: [...setups.assumed] }
}

/** Reasons with their counts, the most frequent first. */
export function countsText(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a)
  return sorted.map(([reason, count]) => `${count} ${reason}`).join(', ')
}

function checkSome(observations: readonly Observation[], leftOut: ReadonlyMap<string, number>): void {
  if (observations.length > 0) return
  const why = leftOut.size === 0 ? 'the file has none' : countsText(leftOut)
  throw new UserError(`no measurement is left to fit: ${why}`)
}

function checkOne(kind: 'device' | 'engine', observations: readonly Observation[]): void {
  const ids = [...new Set(observations.map(({ setup }) => setup[kind].id))]
  if (ids.length === 1) return
  throw new UserError(
    `the measurements are of ${ids.join(' and ')}; a profile is of one ${kind}: give one by --${kind}`,
  )
}
