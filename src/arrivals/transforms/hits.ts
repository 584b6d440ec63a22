import { within } from '../bounds.ts'
import type { ArrivalBlock, ArrivalSource } from '../contract.ts'
import { mapped } from '../mapped.ts'

/**
 * The same requests with a share of every prompt held by the prefix caches already. Throws a UserError unless the
 * share is from 0 to 1.
 */
export function withHits(source: ArrivalSource, share: number): ArrivalSource {
  within('prefix hit share', share, 0, 1)
  return mapped(source, block => mark(block, share))
}

function mark(block: ArrivalBlock, share: number): void {
  for (let row = 0; row < block.length; row++)
    block.hitTokens[row] = Math.floor(share * block.inputTokens[row])
}
