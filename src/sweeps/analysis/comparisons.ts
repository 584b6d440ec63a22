import { holm } from '../../statistics/holm.ts'
import { mean } from '../../statistics/moments.ts'
import { type PairedDifference, pairedDifference } from '../../statistics/paired.ts'
import type { Sampling } from '../../statistics/sampling.ts'
import { moreToSeparate } from '../../statistics/sequential.ts'
import { atReplications, sharedReplications } from '../group-series.ts'
import { alikeNote, fewNote, pairable } from '../measured.ts'
import { type Contender, type Context, pairsOf } from './contexts.ts'

/** Replications below which an interval says little. */
export const FEW_REPLICATIONS = 5

/** One of two that are compared. */
export interface Side {
  readonly label: string
  readonly title: string
  readonly mean: number
  /** By replication that both have. */
  readonly values: Float64Array
}

/** Two contenders on one metric, over the replications that both have. */
export interface Comparison extends PairedDifference {
  readonly context: Context
  readonly metric: string
  readonly a: Side
  readonly b: Side
  readonly replications: number
  /** `redrawn` where the replications of one of them are. */
  readonly sampling: Sampling
  /** By Holm's correction over its family: the comparisons of the same metric. */
  readonly adjustedP: number
  readonly family: number
  /** Of a against b. `same` where they are alike in every replication, `open` where it cannot be told. */
  readonly outcome: Outcome
  /** Further replications that would tell; Infinity where none would, as of one trace, NaN where it cannot be said. */
  readonly more: number
  /** Why it says less than it seems to; empty where all is well. */
  readonly note: string
}

export type Outcome = 'above' | 'below' | 'same' | 'open'

/** What is to be compared. */
export interface Question {
  readonly metrics: readonly string[]
  readonly confidence: number
  /** Label of the one with which all others are compared; all pairs where it is absent. */
  readonly against?: string
}

type Unjudged = Omit<Comparison, 'adjustedP' | 'family' | 'outcome' | 'more'>

/** Of every context and pair on every metric: metric by metric, each of them a family. */
export function comparisonsOf(contexts: readonly Context[], question: Question): Comparison[] {
  return question.metrics.flatMap(metric => {
    const family = contexts.flatMap(context =>
      pairsOf(context, question.against).map(pair => paired(context, metric, pair, question.confidence)),
    )
    return judged(family, question.confidence)
  })
}

function paired(
  context: Context,
  metric: string,
  [a, b]: readonly [Contender, Contender],
  confidence: number,
): Unjudged {
  const both = sharedReplications([a.series, b.series])
  const sides = [a, b].map(contender => sideOf(contender, metric, both))
  const isRedrawn = [a, b].some(({ series }) => series.sampling === 'redrawn')
  const sampling = isRedrawn ? 'redrawn' : 'independent'
  return {
    ...pairedDifference(sides[0].values, sides[1].values, confidence, sampling),
    ...{ context, metric, a: sides[0], b: sides[1], replications: both.length, sampling },
    note: notesOn(metric, [a, b], sides).join('; '),
  }
}

function sideOf({ label, title, series }: Contender, metric: string, replications: readonly number[]): Side {
  const values = pairable(atReplications(series, replications), metric)
  return { label, title, mean: mean(values), values }
}

function judged(family: readonly Unjudged[], confidence: number): Comparison[] {
  const adjusted = holm(family.map(({ pValue }) => pValue))
  const strict = 1 - (1 - confidence) / family.length
  return family.map((each, i) => {
    const gains = each.a.values.map((value, j) => value - each.b.values[j])
    const outcome = outcomeOf(gains, adjusted[i], confidence)
    const more = outcome === 'open' ? moreWanted(each.sampling, gains, strict) : 0
    return { ...each, adjustedP: adjusted[i], family: family.length, outcome, more }
  })
}

/** Of few replications the spread is too unsure to say. */
function moreWanted(sampling: Sampling, gains: Float64Array, confidence: number): number {
  if (gains.length < FEW_REPLICATIONS) return Number.NaN
  return sampling === 'redrawn' ? Number.POSITIVE_INFINITY : moreToSeparate(gains, confidence)
}

function outcomeOf(gains: Float64Array, adjustedP: number, confidence: number): Outcome {
  if (gains.length > 0 && gains.every(gain => gain === 0)) return 'same'
  if (!(adjustedP < 1 - confidence)) return 'open'
  return mean(gains) > 0 ? 'above' : 'below'
}

function notesOn(metric: string, pair: readonly Contender[], sides: readonly Side[]): string[] {
  const both = sides[0].values.length
  const notes: string[] = []
  if (both < FEW_REPLICATIONS) notes.push(`${both} replication${both === 1 ? '' : 's'}`)
  const counts = pair.map(({ series }) => series.replications.length)
  if (counts.some(count => count > both))
    notes.push(`of ${counts.join(' and ')} replications ${both} are paired`)
  for (const { title, values } of sides) {
    const undefineds = values.filter(Number.isNaN).length
    if (undefineds > 0) notes.push(`${title} is not defined in ${undefineds} of ${both} replications`)
  }
  for (const { title, series } of pair) {
    const few = fewNote(series, metric)
    if (few !== '') notes.push(`${title} is ${few}`)
    if (alikeNote(series) !== '') notes.push(`of ${title} ${alikeNote(series)}`)
    if (series.saturated)
      notes.push(`${title} saturated in ${series.saturated} of ${series.replications.length}`)
  }
  return notes
}
