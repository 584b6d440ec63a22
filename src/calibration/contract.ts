import type { Setup, Subject } from '../fidelity/subject.ts'

/** One measured number of an observation. */
export interface Quantity {
  /** What was measured, such as `tpot_mean`, in seconds. */
  readonly metric: string
  readonly measured: number
  /** A fit seeks to predict it; the others are only reported. */
  readonly isFitted: boolean
  /** What was varied, such as concurrency or tp: cross-validation leaves out all quantities that agree in one of them. */
  readonly conditions: Readonly<Record<string, string>>
}

/** A step, a served run or a log of requests, with what a profile makes of it. */
export interface Observation {
  /** `file:line` of the measurement. */
  readonly place: string
  /** The same object for observations of one setup. */
  readonly setup: Setup
  readonly quantities: readonly Quantity[]
  /** Seconds for each of the quantities, above 0. */
  readonly predict: (subject: Subject) => readonly number[] | Promise<readonly number[]>
}
