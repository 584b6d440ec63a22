import { chunkedPrefill } from './chunked-prefill.ts'
import { continuous } from './continuous.ts'
import type { Batcher } from './contract.ts'
import { decodeFirst } from './decode-first.ts'
import { dynamic } from './dynamic.ts'
import { prefillFirst } from './prefill-first.ts'
import { staticBatch } from './static.ts'

/** What the registry says of a batcher. */
interface BatcherEntry {
  readonly batcher: Batcher
  readonly about: string
  /** A prompt longer than the budget is computed in one step all the same. */
  readonly keepsPromptsWhole?: true
}

/** Every batcher by the name that scenarios use; help texts and validation are derived from this table. */
export const batchers = {
  'chunked-prefill': { batcher: chunkedPrefill, about: 'prompts in chunks beside decodes (vLLM v1)' },
  'prefill-first': {
    batcher: prefillFirst,
    about: 'whole prompts first, decodes wait (vLLM v0)',
    keepsPromptsWhole: true,
  },
  continuous: { batcher: continuous, about: 'whole prompts beside decodes (Orca)', keepsPromptsWhole: true },
  'decode-first': {
    batcher: decodeFirst,
    about: 'decodes alone, prompts when none is left (decode-prioritising in the terms of Sarathi-Serve)',
  },
  static: {
    batcher: staticBatch,
    about: 'one batch at a time, run to its last token (FasterTransformer)',
    keepsPromptsWhole: true,
  },
  dynamic: {
    batcher: dynamic,
    about: 'a batch when it is full, or its oldest has waited enough (Triton)',
    keepsPromptsWhole: true,
  },
} as const satisfies Record<string, BatcherEntry>

export type BatcherName = keyof typeof batchers

/** Whether a step may carry a prompt longer than its budget. */
export function keepsPromptsWhole(name: BatcherName): boolean {
  const entry: BatcherEntry = batchers[name]
  return entry.keepsPromptsWhole ?? false
}
