import type { ContextWindow, MixedStep } from './contract.ts'

/** A step that nobody takes: filled in and priced again and again, to know what such a one would take. */
export class Probe implements MixedStep {
  sequences = 0
  contextTokens = 0
  chunks = 0
  chunkTokens = 0
  chunkCachedTokens = 0
  chunkPairs = 0
  paddedTokens = 0
  paddedPairs = 0
  longestTokens = 0
  ordinal = 0
  window: ContextWindow | undefined
}
