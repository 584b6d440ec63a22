import { contextAt, contextRead } from './context.ts'
import type { ContextWindow, DecodeBatch, LatencyModel, MixedStep, Work } from './contract.ts'
import type { OperatorsOptions } from './dealt.ts'
import { moeLayersOf, type Transformer } from './transformer.ts'

export interface SpeculationOptions {
  readonly target: OperatorsOptions
  /** Absent where proposals cost nothing: found in the prompt, as n-grams are. */
  readonly draft?: OperatorsOptions
  /** Tokens that are proposed for every decode in a step. */
  readonly draftTokens: number
}

/**
 * A model that verifies, in each step, the tokens that a draft proposes: of every decode one more than those. Proposals
 * of a draft are made one after another, by a pass of it for each.
 *
 * The draft attends as far as the target does: a step counts its context once. What the host takes for a pass is in the
 * draft's own constants.
 *
 * @param create `operators`, or the same under an eager engine
 */
export function speculative(
  { target, draft, draftTokens }: SpeculationOptions,
  create: (options: OperatorsOptions) => LatencyModel,
): LatencyModel {
  const verifying = create({ ...target, rowsPerDecode: draftTokens + 1 })
  if (draft === undefined) return verifying
  const model = attendingAs(draft.model, target.model)
  return new Speculative(verifying, create({ ...draft, model }), draftTokens)
}

/**
 * A target with a draft on the same devices, one after the other. A step of decodes is the target's and `passes` of the
 * draft's; the draft's first pass of a step with chunks carries them as well. That a later pass reads a few tokens more
 * than the first is left out.
 */
export class Speculative implements LatencyModel {
  readonly window: ContextWindow | undefined
  /** Where both have it. */
  readonly affineSeconds?: (batch: DecodeBatch) => number
  readonly #target: LatencyModel
  readonly #draft: LatencyModel
  readonly #passes: number

  /** Throws a RangeError where the two do not count context with the same window. */
  constructor(target: LatencyModel, draft: LatencyModel, passes: number) {
    if (!isAlike(target.window, draft.window)) {
      throw new RangeError('a draft attends to other windows than its target')
    }
    this.#target = target
    this.#draft = draft
    this.#passes = passes
    this.window = target.window
    if (target.affineSeconds === undefined || draft.affineSeconds === undefined) return
    this.affineSeconds = batch => target.affineSeconds!(batch) + passes * draft.affineSeconds!(batch)
  }

  stepSeconds(step: MixedStep): number {
    const firstS = this.#target.stepSeconds(step) + this.#draft.stepSeconds(step)
    return step.sequences === 0 ? firstS : firstS + (this.#passes - 1) * this.#draft.gapSeconds(step, 1)
  }

  decodeSeconds(batch: DecodeBatch, steps: number): number {
    if (steps === 0) return 0
    const affineS = this.#affineWithin(batch, steps)
    if (!Number.isNaN(affineS)) {
      return steps * affineS + this.contextSeconds(batch, 0) * contextRead(batch, steps)
    }
    return this.#target.decodeSeconds(batch, steps) + this.#passes * this.#draft.decodeSeconds(batch, steps)
  }

  gapSeconds(batch: DecodeBatch, step: number): number {
    const affineS = this.#affineWithin(batch, step)
    if (!Number.isNaN(affineS)) return affineS + this.contextSeconds(batch, 0) * contextAt(batch, step)
    return this.#target.gapSeconds(batch, step) + this.#passes * this.#draft.gapSeconds(batch, step)
  }

  steadySteps(batch: DecodeBatch): number {
    return Math.min(this.#target.steadySteps(batch), this.#draft.steadySteps(batch))
  }

  contextSeconds(batch: DecodeBatch, chunks: number): number {
    const firstS = this.#target.contextSeconds(batch, chunks) + this.#draft.contextSeconds(batch, chunks)
    return firstS + (this.#passes - 1) * this.#draft.contextSeconds(batch, 0)
  }

  chunkSeconds(tokens: number, cachedTokens: number, members: number): number {
    const targetS = this.#target.chunkSeconds(tokens, cachedTokens, members)
    return targetS + this.#draft.chunkSeconds(tokens, cachedTokens, members)
  }

  /** Of one of the first `steps` decode steps; NaN where they are not of one affine law. */
  #affineWithin(batch: DecodeBatch, steps: number): number {
    if (this.affineSeconds === undefined || steps > this.steadySteps(batch)) return Number.NaN
    return this.affineSeconds(batch)
  }
}

/** The work of both, the target's counted with the rows that it verifies. */
export function speculativeWork(target: Work, draft: Work, passes: number): Work {
  return {
    tokenBytes: tokens => target.tokenBytes(tokens),
    tokenFlops: tokens => target.tokenFlops(tokens),
    sampledBytes: sampled => target.sampledBytes(sampled),
    sampledFlops: sampled => target.sampledFlops(sampled),
    contextBytes: target.contextBytes + passes * draft.contextBytes,
    contextFlops: target.contextFlops + passes * draft.contextFlops,
    chunkBytes: (tokens, cached) => target.chunkBytes(tokens, cached) + draft.chunkBytes(tokens, cached),
    pairFlops: target.pairFlops + draft.pairFlops,
    rowsPerDecode: target.rowsPerDecode ?? 1,
    draft: { work: draft, passes },
  }
}

/**
 * A prediction head (multi-token prediction, as DeepSeek-V3 has one) as a draft: a share of the target's layers, and
 * its output layer. Its embedding and output layer are the target's own, to be counted once where memory is.
 *
 * @param share of the target's layers, above 0 and at most 1
 */
export function headOf(model: Transformer, share: number): Transformer {
  const { layers, moe, window } = model
  return {
    ...model,
    layers: share * layers,
    ...(moe && { moe: { ...moe, moeLayers: share * moeLayersOf(model) } }),
    ...(window && { window: { ...window, layers: share * window.layers } }),
  }
}

function attendingAs({ window: _, ...draft }: Transformer, { window, layers }: Transformer): Transformer {
  if (window === undefined) return draft
  return { ...draft, window: { ...window, layers: (window.layers / layers) * draft.layers } }
}

function isAlike(a: ContextWindow | undefined, b: ContextWindow | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.tokens === b.tokens && Math.abs(a.share - b.share) < 1e-9
}
