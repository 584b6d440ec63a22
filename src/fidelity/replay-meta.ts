import { z } from 'zod'
import { Unusable } from '../measurements/unusable.ts'

const schema = z.looseObject({
  model: z.string(),
  vllm_version: z.string().optional(),
  engine_kwargs: z.looseObject({
    tensor_parallel_size: z.int().min(1).default(1),
    data_parallel_size: z.int().min(1).default(1),
    enable_expert_parallel: z.boolean().default(false),
    max_num_seqs: z.int().min(1),
    max_num_batched_tokens: z.int().min(1),
    dtype: z.string().default('bfloat16'),
    kv_cache_dtype: z.string().default('auto'),
  }),
  kv_cache: z.looseObject({ num_kv_tokens: z.int().min(1).nullish() }).optional(),
})

/** How a logged run was set up. */
export interface RunMeta {
  readonly device: string
  readonly engine: string
  readonly model: string
  readonly weights: string
  readonly kv: string
  readonly tp: number
  readonly attentionDp: number
  readonly ep: number
  readonly layout: string
  readonly tokenBudget: number
  readonly maxSequences: number
  readonly kvTokens?: number
}

/**
 * Reads the description of a run, which lies beside its log. The log's name begins `engine_device_`; dashes may be
 * missing from the device's. Data parallel ranks of a model whose experts they share run in step: attention ranks of one
 * replica.
 */
export function metaOf(text: string, log: string): RunMeta {
  const parsed = schema.safeParse(jsonOf(text, log))
  if (!parsed.success) throw new Unusable('the description of the run lacks what must be known')
  const { model, engine_kwargs: given, vllm_version: version = '', kv_cache } = parsed.data
  const { tensor_parallel_size: tp, data_parallel_size: dp, enable_expert_parallel: isExpert } = given
  const [engine = '', device = ''] = (log.split('/').at(-1) ?? '').split('_')
  const kvTokens = kv_cache?.num_kv_tokens
  return {
    ...{ device, model, weights: given.dtype, kv: given.kv_cache_dtype },
    engine: `${engine} ${version}`.trim(),
    ...{ tp: tp * dp, attentionDp: dp, ep: isExpert ? tp * dp : 1 },
    layout: `tp ${tp}${dp > 1 ? `, ${dp} ranks in step` : ''}`,
    tokenBudget: given.max_num_batched_tokens,
    maxSequences: given.max_num_seqs,
    ...(typeof kvTokens === 'number' ? { kvTokens } : {}),
  }
}

function jsonOf(text: string, log: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Unusable(`the description of ${log} is no JSON`)
  }
}
