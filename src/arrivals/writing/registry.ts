import type { FormatName } from '../formats/registry.ts'
import { azure } from './azure.ts'
import { burstgpt } from './burstgpt.ts'
import type { TraceWriter } from './contract.ts'
import { llmServingSim } from './llmservingsim.ts'
import { mooncake } from './mooncake.ts'
import { regattaCsv } from './regatta-csv.ts'
import { regattaJsonl } from './regatta-jsonl.ts'
import { splitwiseSim } from './splitwise-sim.ts'
import { vidur } from './vidur.ts'

/** Formats that traces can be written in. */
export const writers = {
  'regatta-csv': regattaCsv,
  'regatta-jsonl': regattaJsonl,
  azure,
  burstgpt,
  vidur,
  'splitwise-sim': splitwiseSim,
  mooncake,
  llmservingsim: llmServingSim,
} as const satisfies Partial<Record<FormatName, TraceWriter>>

export type WriterName = keyof typeof writers
