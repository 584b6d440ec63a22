import type { ReplicaKind } from '../replicas/contract.ts'
import { cutsPrompts } from './chunking.ts'

/*
 * Prompts come in lumps: a step that leaves some of a prompt undone has spent its budget, whatever the batcher. So the
 * tokens by which a prompt goes beyond some length are units of work of their own, which no step can spread thin. What
 * is still undone of a prompt goes beyond the length by as much as it is longer, or not at all, and a step counts by how
 * much that becomes less: added up over the steps this is what the whole prompt counts, however it was cut. A step that
 * cuts nothing counts most with its tokens in the longest prompts; one that cuts a prompt counts no more for it than the
 * tokens computed of it, nor than the longest prompt does. All told: prompts of many tokens cost what steps that carry
 * many tokens do.
 */

/** Lengths as shares of the longest prompt: each so much of the one before. */
const RATIO = 0.85
const MOST = 24

/** The lengths, in tokens; none where nothing is known of how prompts are cut. */
export function lumpsOf(kind: ReplicaKind, mostComputed: number): readonly number[] {
  if (mostComputed < 2 || cutsPrompts(kind) === 'anyhow') return []
  const sizes = Array.from({ length: MOST }, (_, i) => Math.floor(mostComputed * RATIO ** (i + 1)))
  return [...new Set(sizes)].filter(size => size > 0)
}

/** Tokens of a prompt beyond each length. */
export function beyondOf(lumps: readonly number[], tokens: number): number[] {
  return lumps.map(lump => Math.max(0, tokens - lump))
}

/** Which prompts a step may have cut: none, or one, and others of which it carries so many tokens at most. */
export type Cut = 'nothing' | { readonly besides: number }

/** The most tokens beyond each length in a step. @param tokens of prompts in it; @param mostComputed the longest prompt */
export function mostBeyond(
  lumps: readonly number[],
  tokens: number,
  mostComputed: number,
  cut: Cut,
): number[] {
  return lumps.map(lump => {
    const each = mostComputed - lump
    const inWhole = (of: number) =>
      Math.floor(of / mostComputed) * each + Math.max(0, (of % mostComputed) - lump)
    if (cut === 'nothing') return inWhole(tokens)
    const ofOne = Math.min(each, tokens)
    return Math.min(tokens, inWhole(tokens - ofOne) + ofOne + cut.besides)
  })
}
