import { UserError } from '../core/errors.ts'

/** A node on some terms, with what it serves at its SLO. */
export interface Choice {
  /** What messages call it. */
  readonly name: string
  /** Whatever it does, the kWh apart. */
  readonly usdPerHour: number
  /** At the facility's meter; 0 where the rent includes power. */
  readonly usdPerKwh: number
  /** At the facility's meter, PUE included, while it serves nothing and while it is full. */
  readonly idleWatts: number
  readonly busyWatts: number
  /** Millions of tokens that a full node serves in an hour within its SLO. */
  readonly mtokPerHour: number
}

/**
 * How nodes come: whole, at least one of them; or divisible beyond the first, as where others use the rest of the last.
 */
export type Counting = 'whole' | 'divisible'

/** Nodes that serve a load, in millions of tokens an hour. */
export function nodesFor(mtokPerHour: number, choice: Choice, counting: Counting): number {
  const full = mtokPerHour / choice.mtokPerHour
  return Math.max(1, counting === 'whole' ? Math.ceil(full) : full)
}

/** $ an hour of the nodes that serve a load, energy included. */
export function usdPerHourOf(mtokPerHour: number, choice: Choice, counting: Counting): number {
  return nodesFor(mtokPerHour, choice, counting) * standingUsd(choice) + mtokPerHour * workUsdPerMtok(choice)
}

/** $ per million tokens of a load above 0. */
export function usdPerMtok(mtokPerHour: number, choice: Choice, counting: Counting): number {
  return usdPerHourOf(mtokPerHour, choice, counting) / mtokPerHour
}

/** $ an hour of a node that serves nothing. */
export function standingUsd({ usdPerHour, usdPerKwh, idleWatts }: Choice): number {
  return usdPerHour + (usdPerKwh * idleWatts) / 1000
}

/** $ of the energy that a million tokens add. */
export function workUsdPerMtok({ usdPerKwh, idleWatts, busyWatts, mtokPerHour }: Choice): number {
  return (usdPerKwh * (busyWatts - idleWatts)) / 1000 / mtokPerHour
}

/** $ per million tokens where all nodes are full. */
export function fullUsdPerMtok(choice: Choice): number {
  return standingUsd(choice) / choice.mtokPerHour + workUsdPerMtok(choice)
}

/** Throws a UserError where a number is not known, or out of its bounds. */
export function checkChoice(choice: Choice): void {
  for (const key of ['usdPerHour', 'usdPerKwh', 'idleWatts', 'busyWatts', 'mtokPerHour'] as const) {
    const value = choice[key]
    if (Number.isNaN(value)) throw new UserError(`${choice.name}: ${key} is not known`)
    const isFine = key === 'mtokPerHour' ? value > 0 : value >= 0
    if (!isFine) {
      throw new UserError(
        `${choice.name}: ${key} is ${value}; must be ${key === 'mtokPerHour' ? '> 0' : '>= 0'}`,
      )
    }
  }
}
