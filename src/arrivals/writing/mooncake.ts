import type { Details } from '../details.ts'
import type { Losses, TraceWriter } from './contract.ts'
import { lines, wholeParts } from './lines.ts'

const BLOCK_TOKENS = 512

/**
 * Prefix blocks of 512 tokens; smaller ones that fill them evenly are joined, which loses nothing: an id stands for
 * the whole prefix up to its block's end. Turns are the places of rows in their session.
 */
export const mooncake: TraceWriter = {
  carries: ['session', 'turn', 'think', 'blocks'],
  begin: (_, losses) =>
    lines('', ({ arrivalS, inputTokens, outputTokens, details }, row) =>
      JSON.stringify({
        timestamp: wholeParts(arrivalS[row], 1000, '1 ms', losses),
        input_length: inputTokens[row],
        output_length: outputTokens[row],
        ...(details && blocksOf(details, row, losses)),
        ...(details && turnOf(details, row)),
      }),
    ),
}

function turnOf({ sessionId, thinkS }: Details, row: number): object {
  return {
    ...(sessionId[row] >= 0 && { session_id: String(sessionId[row]) }),
    ...(thinkS[row] >= 0 && { delay: 1000 * thinkS[row] }),
  }
}

function blocksOf(details: Details, row: number, losses: Losses): object {
  const blockTokens = details.blockTokens[row]
  if (blockTokens === 0) return {}
  const joined = BLOCK_TOKENS / blockTokens
  if (!Number.isInteger(joined)) {
    losses.add(`prefix blocks of ${blockTokens} tokens, which do not fill blocks of ${BLOCK_TOKENS}`)
    return {}
  }
  const ids = details.blocksOf(row)
  const count = Math.ceil(ids.length / joined)
  return {
    hash_ids: Array.from({ length: count }, (_, i) => ids[Math.min((i + 1) * joined, ids.length) - 1]),
  }
}
