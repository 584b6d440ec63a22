import type { ArrivalSource } from '../contract.ts'

/** Opens a fresh reader of one and the same workload; the seed and all names are fixed. */
export type Open = () => ArrivalSource

/** Where a transform's chance comes from: the run's seed, and a name that no other user of chance has. */
export interface Chance {
  readonly seed: string | number
  readonly name: string
}
