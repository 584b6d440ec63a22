/**
 * What a prediction rests on: constants that were fitted on runs like the measured one, or on others; blank where that
 * is not known, or nothing was fitted.
 */
export const BASES = ['fitted', 'new', ''] as const
export type Basis = (typeof BASES)[number]

/** One measured number beside what Regatta says of it. */
export interface Comparison {
  /** `file:line` of the measurement. */
  readonly place: string
  /** Who measured it. */
  readonly source: string
  /** Catalogue ids; empty where a measurement has none, as an operator has no model. */
  readonly device: string
  readonly model: string
  readonly engine: string
  /** Format of the weights, or of an operator's inputs. */
  readonly weights: string
  /** What was measured, such as `gemm fp8` or `tpot_mean_s`. Rows of one group of the report share it. */
  readonly metric: string
  readonly measured: number
  readonly predicted: number
  /** What tells rows of a group apart: lengths, concurrency, parallelism. */
  readonly detail: string
  /** Set where the measurement is known to be doubtful, so that the report keeps it apart: why. */
  readonly doubt?: string
  /** Set where it does not follow from what the engine was fitted on. */
  readonly basis?: Basis
}

/** A measurement that cannot be predicted. Reasons are few and worded alike, so that they can be counted. */
export interface Unpredicted {
  readonly place: string
  readonly source: string
  readonly reason: string
}

export type Outcome = Comparison | Unpredicted

export function isPredicted(outcome: Outcome): outcome is Comparison {
  return 'predicted' in outcome
}
