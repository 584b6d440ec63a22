import type { FormatName } from '../../../../src/arrivals/formats/registry.ts'
import { alibabaGenAi } from './alibaba-genai.ts'
import { azure } from './azure.ts'
import { azureMultimodal } from './azure-multimodal.ts'
import { burstgpt } from './burstgpt.ts'
import type { Example } from './example.ts'
import * as json from './json.ts'
import { regattaCsv, regattaJsonl } from './regatta.ts'
import { splitwiseSim } from './splitwise-sim.ts'
import { sarathi, vidur } from './vidur.ts'

/** At least one example of every format. */
export const examples: Readonly<Record<FormatName, readonly Example[]>> = {
  'regatta-csv': [regattaCsv],
  'regatta-jsonl': [regattaJsonl],
  azure: [azure, headerless(azure)],
  'azure-multimodal': [azureMultimodal],
  burstgpt: [burstgpt],
  vidur: [vidur, sarathi],
  'splitwise-sim': [splitwiseSim],
  mooncake: [json.mooncake],
  'qwen-bailian': [json.qwenBailian],
  servegen: [json.serveGen],
  sharegpt: [json.shareGpt],
  'vllm-bench': [json.vllmBench],
  guidellm: [json.guideLlm],
  blis: [json.blis],
  llmservingsim: [json.llmServingSim],
  'claude-code': [json.claudeCode],
  inferencex: [json.inferenceX],
  apex: [json.apex],
  'alibaba-genai': [alibabaGenAi],
}

function headerless({ lines, ...example }: Example): Example {
  const texts = (example.texts as string).replace(/^.*\n/, '')
  return { ...example, texts, ...(lines && { lines: { ...lines, header: 0 } }) }
}
