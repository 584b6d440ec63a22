import { causalPairs } from '../latency/context.ts'
import type { LatencyModel } from '../latency/contract.ts'

/** Most tokens of a step of prompts: a larger batch is prefilled in several. */
const STEP_TOKENS = 65_536

/** Seconds of a batch of like requests: all prompts first, then decodes to the last token. */
export function staticSeconds(
  latency: LatencyModel,
  sequences: number,
  inputTokens: number,
  outputTokens: number,
): number {
  const together = Math.max(1, Math.min(sequences, Math.floor(STEP_TOKENS / inputTokens)))
  const rounds = Math.floor(sequences / together)
  const rest = sequences % together
  const prefillS =
    rounds * promptsSeconds(latency, together, inputTokens) + promptsSeconds(latency, rest, inputTokens)
  const batch = { sequences, contextTokens: sequences * inputTokens, window: latency.window }
  return prefillS + latency.decodeSeconds(batch, outputTokens - 1)
}

function promptsSeconds(latency: LatencyModel, prompts: number, inputTokens: number): number {
  if (prompts === 0) return 0
  return latency.stepSeconds({
    ...{ sequences: 0, contextTokens: 0, window: latency.window, ordinal: 0 },
    chunks: prompts,
    chunkTokens: prompts * inputTokens,
    chunkCachedTokens: 0,
    chunkPairs: prompts * causalPairs(inputTokens, 0, latency.window),
  })
}
