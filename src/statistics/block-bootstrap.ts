import type { Random } from '../core/random.ts'

/**
 * Which stretches of a trace make another that is like it: block i of the resampled trace is the trace from
 * `starts[i]` on for `blockS` seconds, going on at its beginning when it ends, and the last is cut where `spanS` is
 * full. Every instant of the trace is as likely as any other (the circular block bootstrap; Politis and Romano 1992).
 * What depends on what came less than a block before is kept inside blocks and lost between them, so take them long
 * beside bursts and sessions, and short beside the trace.
 *
 * @param spanS seconds that the trace covers
 * @returns seconds in [0, spanS), one for each block; throws a RangeError for blocks that are not in (0, spanS]
 */
export function blockStarts(spanS: number, blockS: number, random: Random): Float64Array {
  if (!(blockS > 0 && blockS <= spanS))
    throw new RangeError(`blocks of ${blockS} s are not above 0 and at most the span, ${spanS} s`)
  const starts = new Float64Array(Math.ceil(spanS / blockS))
  return starts.map(() => random() * spanS)
}
