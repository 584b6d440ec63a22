import { positive } from '../bounds.ts'
import type { ArrivalSource } from '../contract.ts'
import type { Chance } from './contract.ts'
import { kept, rebased } from './keep.ts'
import { type ChosenBy, chosen } from './shares.ts'
import { TurnCount } from './turns.ts'

export interface ThinSpec {
  /** Share of the requests, or of the sessions, that stays, above 0. */
  readonly share: number
  /** `session` by default: its turns stay or go together. */
  readonly by?: ChosenBy | undefined
}

/**
 * A seeded part of the requests, the first of them at 0 s: a rate less by the share, gaps nearer to Poisson. Think
 * times and deadlines stay. By request, turns of a session are numbered anew from 1, how many there are is not known
 * any more, and each waits for the one before it that is left. Throws a UserError unless the share is above 0 and at
 * most 1.
 */
export function thinned(source: ArrivalSource, spec: ThinSpec, chance: Chance): ArrivalSource {
  const by = spec.by ?? 'session'
  const isChosen = chosen(positive('share', spec.share), by, chance)
  const turns = new TurnCount()
  const part = kept(source, (block, row) => {
    if (!isChosen(block, row)) return false
    if (by === 'request' && block.details !== undefined) turns.recount(block.details, row, false)
    return true
  })
  return rebased(part)
}
