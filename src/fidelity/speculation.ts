import { tokensPerStep } from '../latency/acceptance.ts'
import { expectedPace } from '../latency/pace.ts'
import { weightBytes } from '../latency/products.ts'
import { headOf, speculative } from '../latency/speculative.ts'
import { kvBytesPerToken } from '../latency/transformer.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { Subject } from './subject.ts'

/** A part of a model that proposes tokens. */
export interface Head {
  readonly layers: number
  /** Chances that at least 1, 2, ... of the tokens it proposes in a step are accepted. */
  readonly chances: readonly number[]
}

/** The model's own, with the catalogue's chances as given. Throws Unusable where the catalogue has none. */
export function headOfModel({ model }: Subject): Head {
  const { predictionHead } = model
  if (predictionHead === undefined) {
    throw new Unusable(`how well tokens are proposed for ${model.id} is not known`)
  }
  return { layers: predictionHead.layers, chances: predictionHead.chances.map(({ value }) => value) }
}

/** Tokens proposed in a step where the row does not say. Throws Unusable where the catalogue does not say either. */
export function draftTokensOf({ engine, parallelism }: Subject): number {
  const draftTokens = engine.defaults?.draftTokens
  if (draftTokens === undefined) throw new Unusable('how many tokens are proposed in a step is not stated')
  return draftTokens[parallelism.attentionDp > 1 ? 'manyRanks' : 'oneRank'].value
}

/**
 * The subject with a head beside its model. One graph holds the passes of both, so that the host takes its time once.
 * Throws Unusable where it is not known how well so many tokens are proposed.
 */
export function speculating(subject: Subject, { layers, chances }: Head, draftTokens: number): Subject {
  if (!(draftTokens <= chances.length)) {
    throw new Unusable(`how well ${draftTokens} tokens are proposed for ${subject.model.id} is not known`)
  }
  const { model, parallelism, constants, hardware } = subject
  const head = headOf(model, layers / model.layers)
  const latency = speculative(
    {
      target: { model, parallelism, constants },
      draft: { model: head, parallelism, constants: { ...constants, stepS: 0, sequenceS: 0 } },
      draftTokens,
    },
    hardware.create,
  )
  const drafting = {
    pace: expectedPace(tokensPerStep(chances.slice(0, draftTokens))),
    weightBytes: weightBytes(head, parallelism) - weightBytes(headOf(model, 0), parallelism),
    kvBytesPerToken: kvBytesPerToken(head, parallelism),
  }
  return { ...subject, latency, drafting }
}
