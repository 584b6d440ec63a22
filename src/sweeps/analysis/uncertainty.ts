import { atReplications, sharedReplications } from '../group-series.ts'
import { type Band, bandsOf } from './bands.ts'
import { type Chance, chancesOf } from './chances.ts'
import type { Question } from './comparisons.ts'
import type { Context } from './contexts.ts'
import type { Draws } from './draws.ts'
import { type Influence, influencesOf } from './sensitivity.ts'

/** What draws of the catalogue's ranges come to. */
export interface Uncertainty {
  readonly contexts: readonly Context[]
  readonly bands: readonly Band[]
  readonly chances: readonly Chance[]
  readonly influences: readonly Influence[]
  /** Estimates that are drawn, in all fleets. */
  readonly unknowns: number
}

export function uncertaintyOf(contexts: readonly Context[], question: Question, draws: Draws): Uncertainty {
  const shared = contexts.map(withSharedDraws)
  return {
    contexts: shared,
    bands: bandsOf(shared, question.metrics),
    chances: chancesOf(shared, question),
    influences: influencesOf(shared, question, draws),
    unknowns: draws.estimates.length,
  }
}

/** Of a sweep that is not finished, draws that all contenders have. */
function withSharedDraws(context: Context): Context {
  const shared = sharedReplications(context.contenders.map(({ series }) => series))
  const contenders = context.contenders.map(({ series, ...named }) => ({
    ...named,
    series: atReplications(series, shared),
  }))
  return { ...context, contenders }
}
