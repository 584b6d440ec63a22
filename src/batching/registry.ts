import { chunkedPrefill } from './chunked-prefill.ts'
import { continuous } from './continuous.ts'
import type { Batcher } from './contract.ts'
import { decodeFirst } from './decode-first.ts'
import { dynamic } from './dynamic.ts'
import { prefillFirst } from './prefill-first.ts'
import { staticBatch } from './static.ts'

/** Every batcher by the name that scenarios use; help texts and validation are derived from this table. */
export const batchers = {
  'chunked-prefill': { batcher: chunkedPrefill, about: 'prompts in chunks beside decodes (vLLM v1)' },
  'prefill-first': { batcher: prefillFirst, about: 'whole prompts first, decodes wait (vLLM v0)' },
  continuous: { batcher: continuous, about: 'whole prompts beside decodes (Orca)' },
  'decode-first': {
    batcher: decodeFirst,
    about: 'decodes alone, prompts when none is left (decode-prioritising in the terms of Sarathi-Serve)',
  },
  static: { batcher: staticBatch, about: 'one batch at a time, run to its last token (FasterTransformer)' },
  dynamic: { batcher: dynamic, about: 'a batch when it is full, or its oldest has waited enough (Triton)' },
} as const satisfies Record<string, { batcher: Batcher; about: string }>

export type BatcherName = keyof typeof batchers
