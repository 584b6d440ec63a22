import type { OptionSpecs } from '../../core/options.ts'
import type { Random } from '../../core/random.ts'
import type { ClusterView, Prediction, ReplicaId, RequestView } from '../contract.ts'
import type { Trait } from '../entry.ts'

/** The replicas to which a request may still go: the first `count` of `ids`, ascending. */
export interface Candidates {
  readonly ids: Int32Array
  count: number
}

/** Takes replicas out of the candidates; those that stay keep their order. */
export type Filter = (request: RequestView, cluster: ClusterView, candidates: Candidates) => void

/** Writes a score in [0, 1] for the candidate at each place, the higher the better. */
export type Scorer = (
  request: RequestView,
  cluster: ClusterView,
  candidates: Candidates,
  scores: Float64Array,
) => void

/**
 * The place of one of the candidates, of which there is at least one.
 *
 * @param scores in [0, 1] by place: means of the scorers' by weight; not written where the picker reads none
 */
export type Picker = (candidates: Candidates, scores: Float64Array) => number

/** A number that a scorer or a filter goes by, of one replica. */
export type Reading = (cluster: ClusterView, replica: ReplicaId, request: RequestView) => number

/** What replicas can be selected by. */
export const LABELS = ['kind', 'device_kind'] as const
export type Label = (typeof LABELS)[number]
export type Labels = Readonly<Partial<Record<Label, string>>>

/** What a filter, a scorer or a picker is made from. */
export interface PartSetup {
  readonly cluster: ClusterView
  /** The stream of the whole composition. */
  readonly random: Random
  readonly options: Readonly<Record<string, number>>
  readonly labels: Labels
  /** Has a part with a memory told where every request is sent. */
  onSent(told: (request: RequestView, replica: ReplicaId) => void): void
}

/** What a registry says of a part. An option without a default must be given. */
export interface PartEntry<Part> {
  readonly about: string
  readonly options: OptionSpecs
  readonly readsNotes?: true
  /** As of a policy. */
  readonly actsOn?: readonly Trait[]
  /** Asks every candidate what its prefix cache holds. */
  readonly readsPrefixes?: true
  /** What it goes by of a request before it is sent. */
  readonly predicts?: readonly Prediction[]
  /** Of a picker for which scorers need not run. */
  readonly ignoresScores?: true
  /** Must be told labels; absent: takes none. */
  readonly takesLabels?: true
  readonly make: (setup: PartSetup) => Part
}

/** A filter, a scorer or a picker as a scenario names it. */
export interface PartChoice {
  readonly name: string
  readonly options: Readonly<Record<string, number>>
  readonly labels?: Labels
}

export interface ScorerChoice extends PartChoice {
  /** Finite and >= 0. */
  readonly weight: number
}

/**
 * What becomes of a request for which the filters leave no available replica: refused, held and asked for again, or sent
 * as if there were no filters.
 */
export const WHEN_NONE = ['reject', 'wait', 'ignore-filters'] as const
export type WhenNone = (typeof WHEN_NONE)[number]

/** A policy put together from parts. */
export interface Composition {
  readonly filters: readonly PartChoice[]
  readonly scorers: readonly ScorerChoice[]
  readonly picker: PartChoice
  /** Absent only where there are no filters. */
  readonly whenNone?: WhenNone
}
