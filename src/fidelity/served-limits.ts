import type { BatcherName } from '../batching/registry.ts'

/** What an engine does where a measurement does not say how it was run. */
export interface EngineLimits {
  readonly batcher: BatcherName
  readonly tokenBudget: number
  readonly maxSequences: number
  /** Whether a request runs only once the KV of its whole output is set apart. */
  readonly reserves: boolean
}

/** By the ids of the catalogue; what is not listed is run like the first. */
const LIMITS: Readonly<Record<string, EngineLimits>> = {
  // vLLM, EngineArgs of the OpenAI server on accelerators of 70 GB and more: max_num_batched_tokens 8192, max_num_seqs 1024.
  vllm: { batcher: 'chunked-prefill', tokenBudget: 8192, maxSequences: 1024, reserves: false },
  // TensorRT-LLM, LlmArgs: max_num_tokens 8192, max_batch_size 2048, chunked prefill off, GUARANTEED_NO_EVICT.
  trtllm: { batcher: 'continuous', tokenBudget: 8192, maxSequences: 2048, reserves: true },
  // SGLang, ServerArgs: chunked_prefill_size 8192; prompts go before decodes.
  sglang: { batcher: 'prefill-first', tokenBudget: 8192, maxSequences: 1024, reserves: false },
  // Compiled batches; prompts go before decodes, one at a time.
  neuron: { batcher: 'prefill-first', tokenBudget: 2048, maxSequences: 32, reserves: false },
  jetstream: { batcher: 'prefill-first', tokenBudget: 2048, maxSequences: 256, reserves: false },
}

export function limitsOf(engineId: string): EngineLimits {
  return LIMITS[engineId] ?? LIMITS.vllm
}
