import type { PolicyEntry } from './entry.ts'

/**
 * What a policy does at times that it may not where it chooses who decodes, because prompts are computed then; undefined
 * where it does nothing of the sort.
 */
export function unfitToDecode(
  { refuses, waits }: PolicyEntry,
  options: Readonly<Record<string, number>>,
): string | undefined {
  if (refuses?.(options)) return 'refuses requests at times'
  return waits ? 'has requests wait at times' : undefined
}
