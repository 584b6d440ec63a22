import { UserError } from '../../core/errors.ts'
import { within } from '../bounds.ts'
import { placeOf, runningShares } from '../mixture.ts'

/** How many turns sessions have. */
export type TurnsSpec =
  | { readonly kind: 'fixed'; readonly turns: number }
  /** After every turn there is another as likely: mean turns where no session is cut. */
  | { readonly kind: 'geometric'; readonly meanTurns: number; readonly maxTurns: number }
  /** How likely another turn is after the first, after the second, and so on; the last holds for the rest. */
  | { readonly kind: 'continues'; readonly shares: readonly number[]; readonly maxTurns: number }
  /** Turns and the share of the sessions that have so many; shares add up to 1. */
  | { readonly kind: 'table'; readonly rows: readonly (readonly [turns: number, share: number])[] }

/** Turns are numbered in 20 bits. */
export const MOST_TURNS = 2 ** 20 - 1

/** The number of turns that belongs to a share of the sessions in [0, 1). */
export type TurnsAt = (share: number) => number

const KINDS = {
  fixed: spec => {
    const turns = whole('turns', spec.turns)
    return () => turns
  },
  geometric: ({ meanTurns, maxTurns }) => {
    const mean = within('meanTurns', meanTurns, 1, MOST_TURNS)
    return tabled([1 - 1 / mean], whole('maxTurns', maxTurns))
  },
  continues: spec => {
    if (spec.shares.length === 0) throw new UserError('continues has no shares; must have at least 1')
    const shares = spec.shares.map((share, i) => within(`continues[${i}]`, share, 0, 1))
    return tabled(shares, whole('maxTurns', spec.maxTurns))
  },
  table: ({ rows }) => {
    const turns = rows.map(row => whole('turns', row[0]))
    const ends = runningShares(rows.map(row => row[1]))
    return share => turns[placeOf(ends, share)]
  },
} satisfies { [K in TurnsSpec['kind']]: (spec: Extract<TurnsSpec, { kind: K }>) => TurnsAt }

/** Throws a UserError that names the number and its bound. */
export function turnsAt(spec: TurnsSpec): TurnsAt {
  return (KINDS[spec.kind] as (spec: TurnsSpec) => TurnsAt)(spec)
}

function whole(name: string, turns: number): number {
  return Math.round(within(name, turns, 1, MOST_TURNS))
}

/** By the shares of the sessions that end with each turn. */
function tabled(continues: readonly number[], maxTurns: number): TurnsAt {
  const endsBy = new Float64Array(maxTurns)
  let goOn = 1
  for (let turn = 0; turn < maxTurns; turn++) {
    goOn *= continues[Math.min(turn, continues.length - 1)]
    endsBy[turn] = 1 - goOn
  }
  endsBy[maxTurns - 1] = 1
  return share => placeOf(endsBy, share) + 1
}
