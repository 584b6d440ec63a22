import { Unusable } from '../measurements/unusable.ts'
import { doubtOf } from './served-doubt.ts'
import type { ServedRow } from './served-row.ts'

/** What a row says of speculative decoding. */
export type Mark =
  | { readonly state: 'plain' | 'not recorded' }
  /** Tokens proposed in a step; absent where the row does not say. */
  | { readonly state: 'speculating'; readonly method: Method; readonly draftTokens?: number }

export type Method = 'mtp' | 'eagle'

/** Why a row of whose speculation nothing is known is doubtful. */
export const NOT_RECORDED = 'spec-decode-unknown'

/**
 * Reads `mtp3`, `MTP=1`, `eagle3` and the like in the engine, the scenario or the note; the number behind `mtp` counts
 * proposed tokens and 0 is none, that behind `eagle` is the method's own.
 */
export function markOf(row: ServedRow): Mark {
  const text = `${row.text('engine')} ${row.text('scenario')} ${row.text('note')}`
  if (/state not recorded/i.test(text) || doubtOf(row) === NOT_RECORDED) return { state: 'not recorded' }
  const mtp = /\bmtp[ =_-]?(\d+)?\b/i.exec(text)
  const stated = /\b(?:num_speculative_tokens|draft[ _]tokens)\s*[=:]?\s*(\d+)/i.exec(text)?.[1] ?? mtp?.[1]
  const method = mtp !== null ? 'mtp' : /\beagle\d?\b/i.test(text) ? 'eagle' : undefined
  if (method === undefined || stated === '0') return { state: 'plain' }
  return { state: 'speculating', method, ...(stated === undefined ? {} : { draftTokens: Number(stated) }) }
}

/** Whether the row itself says so. One that cannot be read says nothing. */
export function speculates(row: ServedRow): boolean {
  try {
    return markOf(row).state === 'speculating'
  } catch (error) {
    if (error instanceof Unusable) return false
    throw error
  }
}
