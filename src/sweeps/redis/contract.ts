import type { Cell } from '../contract.ts'

/** Every sweep's cells wait in one queue, so that workers need not know of sweeps. */
export const QUEUE = 'cells'
/** What every key in Redis begins with. */
export const PREFIX = 'regatta'

/** A cell that waits for a worker. */
export interface CellJob {
  /** Of the pack that holds its experiment. */
  readonly pack: string
  readonly cell: Cell
}

/** What has to be the same at both ends for results to be the same. */
export interface Program {
  /** Version of the code, with the hash of its files. */
  readonly code: string
  /** Of the catalogue that comes with it. */
  readonly catalogue: string
}

/** Its lock tells that a worker is alive: it is renewed twice in that time. */
export const LOCK_MS = 10_000
/** How often workers look for cells whose lock has run out. */
export const STALLED_MS = 5_000
/** A cell that so many workers died over is not given to another. */
export const MOST_LOST_WORKERS = 5
