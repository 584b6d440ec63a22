import type { Aim, Choice, Limits, Rating } from './programme.ts'

/** What a fleet takes: so much for a node that is there, and so much more while it is busy. */
export interface Measure {
  /** What of a choice it may need to know, beside what a rating says. */
  readonly needs: readonly (keyof Choice)[]
  ofNode(choice: Choice): number
  /** In addition, of a node that is busy all the time; 0 by default. */
  ofWork?(choice: Choice, rating: Rating): number
  /** Nodes in stock take none of it. */
  readonly isOfBought?: true
}

/** J/h. */
export const ENERGY: Measure = {
  needs: ['idleWatts'],
  ofNode: ({ idleWatts }) => 3600 * idleWatts,
  ofWork: ({ idleWatts }, { busyWatts }) => 3600 * (busyWatts - idleWatts),
}

/** $/h. */
export const USD: Measure = {
  needs: ['usdPerHour', 'usdPerKwh', 'idleWatts'],
  ofNode: ({ usdPerHour, usdPerKwh, idleWatts }) => usdPerHour + priced(idleWatts, usdPerKwh),
  ofWork: ({ usdPerKwh, idleWatts }, { busyWatts }) => priced(busyWatts - idleWatts, usdPerKwh),
}

/** g/h. */
export const CARBON: Measure = {
  needs: ['embodiedGramsPerHour', 'gramsPerKwh', 'idleWatts'],
  ofNode: ({ embodiedGramsPerHour, gramsPerKwh, idleWatts }) =>
    embodiedGramsPerHour + priced(idleWatts, gramsPerKwh),
  ofWork: ({ gramsPerKwh, idleWatts }, { busyWatts }) => priced(busyWatts - idleWatts, gramsPerKwh),
}

/** W. */
const SUPPLY: Measure = { needs: ['maxWatts'], ofNode: ({ maxWatts }) => maxWatts }

/** $. */
export const CAPEX: Measure = {
  needs: ['capexUsd'],
  ofNode: ({ capexUsd }) => capexUsd,
  isOfBought: true,
}

/** What a choice may not be known to take, in words. */
export const IN_WORDS: Readonly<Partial<Record<keyof Choice | 'busyWatts', string>>> = {
  usdPerHour: 'price an hour',
  usdPerKwh: 'price of energy',
  idleWatts: 'idle power',
  busyWatts: 'busy power',
  maxWatts: 'power at most',
  gramsPerKwh: 'carbon of energy',
  embodiedGramsPerHour: 'embodied carbon',
  capexUsd: 'price to buy',
  rackUnits: 'height',
}

/** What each aim counts, in the unit of a fleet's `objective`. */
export const AIMS: Readonly<Record<Aim, Measure>> = {
  usd: USD,
  joules: ENERGY,
  grams: CARBON,
  watts: SUPPLY,
}

export type UpperLimit = Exclude<keyof Limits, 'gpuShare'>

/** What each limit holds down. */
export const LIMITED: Readonly<Record<UpperLimit, Measure>> = {
  usdPerHour: USD,
  capexUsd: CAPEX,
  rackKw: { needs: ['maxWatts'], ofNode: ({ maxWatts }) => maxWatts / 1000 },
  rackUnits: { needs: ['rackUnits'], ofNode: ({ rackUnits }) => rackUnits ?? Number.NaN },
  nodes: { needs: [], ofNode: () => 1 },
}

/** The limits that stand, but for that of the GPUs' share. */
export function upperLimits(limits: Limits): UpperLimit[] {
  const names = Object.keys(LIMITED) as UpperLimit[]
  return names.filter(name => limits[name] !== undefined)
}

/** Nothing where energy has no price, whatever is known of it. */
function priced(watts: number, perKwh: number): number {
  return perKwh === 0 ? 0 : (watts / 1000) * perKwh
}
