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

/**
 * By the beginning of the model's id. Of one token 0.85 to 0.90 is accepted over topics (DeepSeek-V3 Technical Report,
 * arXiv:2412.19437, 5.4.3), here the middle; with two proposed a step gives 2.18 tokens and with three 2.44 (lmsys.org
 * 2025-07-17-mtp, DeepSeek-V3 under SGLang at contexts of 65,000), of which the others follow. For other engines and
 * prompts these are estimates: from 0.75 to 1.25 of the tokens beyond a step's own.
 */
const HEADS: Readonly<Record<string, Head>> = {
  'deepseek-': { layers: 1, chances: [0.875, 0.305, 0.26] },
}

/** Throws Unusable where no head of the model is known. */
export function headOfModel({ model }: Subject): Head {
  const known = Object.keys(HEADS).find(name => model.id.startsWith(name))
  if (known === undefined) throw new Unusable(`how well tokens are proposed for ${model.id} is not known`)
  return HEADS[known]
}

/**
 * Tokens proposed in a step where the row does not say: as the run scripts of InferenceX have it (SemiAnalysisAI/InferenceX
 * benchmarks/single_node/dsr1_*_mtp.sh), fewer where attention has ranks. Throws Unusable for an engine without one.
 */
export function draftTokensOf({ engine, parallelism }: Subject): number {
  if (engine.id === 'trtllm') return parallelism.attentionDp > 1 ? 1 : 3
  if (engine.id === 'sglang') return 2
  throw new Unusable('how many tokens are proposed in a step is not stated')
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
