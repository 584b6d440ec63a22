import { alibabaGenAi } from './alibaba-genai.ts'
import { apex } from './apex.ts'
import { azure } from './azure.ts'
import { azureMultimodal } from './azure-multimodal.ts'
import { blis } from './blis.ts'
import { burstgpt } from './burstgpt.ts'
import { claudeCode } from './claude-code.ts'
import type { TraceFormat } from './contract.ts'
import { guideLlm } from './guidellm.ts'
import { inferenceX } from './inferencex.ts'
import { llmServingSim } from './llmservingsim.ts'
import { mooncake } from './mooncake.ts'
import { qwenBailian } from './qwen-bailian.ts'
import { regattaCsv } from './regatta-csv.ts'
import { regattaJsonl } from './regatta-jsonl.ts'
import { serveGen } from './servegen.ts'
import { shareGpt } from './sharegpt.ts'
import { splitwiseSim } from './splitwise-sim.ts'
import { vidur } from './vidur.ts'
import { vllmBench } from './vllm-bench.ts'

/** Every format that traces come in, by name; the first that recognises a trace reads it. */
export const formats = {
  'regatta-csv': regattaCsv,
  'regatta-jsonl': regattaJsonl,
  'azure-multimodal': azureMultimodal,
  azure,
  burstgpt,
  vidur,
  'splitwise-sim': splitwiseSim,
  mooncake,
  'qwen-bailian': qwenBailian,
  servegen: serveGen,
  sharegpt: shareGpt,
  'vllm-bench': vllmBench,
  guidellm: guideLlm,
  blis,
  llmservingsim: llmServingSim,
  'claude-code': claudeCode,
  inferencex: inferenceX,
  apex,
  'alibaba-genai': alibabaGenAi,
} as const satisfies Record<string, TraceFormat>

export type FormatName = keyof typeof formats
