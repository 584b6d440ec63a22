import type { LengthSample } from '../arrivals/measure.ts'

/** Groups by output length, and by prompt length within each of those. */
const GROUPS = 64

/**
 * Rows of the sample that stand for all the given ones, in their order: as many from every group of like output and
 * prompt lengths, so that far fewer rows have nearly the same mean lengths. At most about 64 x 64 rows.
 */
export function representatives({ inputTokens, outputTokens }: LengthSample, rows: Int32Array): Int32Array {
  if (rows.length <= GROUPS * GROUPS) return rows
  const chosen = split(sortedBy(outputTokens, rows)).flatMap(alike =>
    split(sortedBy(inputTokens, alike)).map(middle),
  )
  return Int32Array.from(chosen).sort()
}

function sortedBy(tokens: Int32Array, rows: Int32Array): Int32Array {
  return rows.toSorted((a, b) => tokens[a] - tokens[b] || a - b)
}

function split(rows: Int32Array): Int32Array[] {
  const edge = (group: number) => Math.floor((group * rows.length) / GROUPS)
  return Array.from({ length: GROUPS }, (_, group) => rows.subarray(edge(group), edge(group + 1)))
}

function middle(rows: Int32Array): number {
  return rows[rows.length >> 1]
}
