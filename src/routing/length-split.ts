import type { PolicyFactory } from './contract.ts'
import { poolsBy } from './pools.ts'

// Pools by length: vLLM semantic router `LengthRouter`, SGLang gateway `bucket`, llm-d `context-length-aware`.

/**
 * Prompts of `threshold_tokens` or more to one pool and shorter ones to the other; in a pool, least outstanding
 * requests, ties at random. GPUs take the long ones unless `gpu_takes_long` is 0: prefill is bound by compute,
 * of which a GPU island has most. With one pool it is least-requests.
 */
export const lengthSplit: PolicyFactory = setup => {
  const { inside: gpus, outside: others } = poolsBy('gpu', setup)
  const { random, options } = setup
  if (gpus === undefined || others === undefined) {
    const all = setup.leastLoaded('outstandingRequests')
    return () => all.pick(random)
  }
  const [long, short] = options.gpu_takes_long === 1 ? [gpus, others] : [others, gpus]
  return request => (request.inputTokens >= options.threshold_tokens ? long : short).pick(random)
}
