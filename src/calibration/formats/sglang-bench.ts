import { z } from 'zod'
import { benchmarked, benchmarkFields, documentsIn, fieldsOf, hasKeys } from './benchmark.ts'
import type { Format } from './contract.ts'

/** As sgl-project/sglang@0033168 python/sglang/bench_serving.py writes it; later versions add `server_info`. */
const schema = z.looseObject({
  ...benchmarkFields,
  backend: z.string(),
  dataset_name: z.string().nullish(),
  random_range_ratio: z.number().min(0).max(1).nullish(),
  accept_length: z.number().nullish(),
  server_info: z
    .looseObject({ tp_size: z.int().positive().nullish(), model_path: z.string().nullish() })
    .nullish(),
})

const METRICS = { ttft: 'ttft', tpot: 'tpot', e2e: 'e2e_latency' } as const

/** Runs of SGLang's serving benchmark, one a line. */
export const sglangBench: Format = {
  about: 'JSON lines of `python -m sglang.bench_serving`, better with `--output-details`',
  recognises: file => hasKeys(file, ['dataset_name', 'total_input_tokens', 'mean_ttft_ms']),
  read: file =>
    documentsIn(file).map(({ place, value }) => {
      const run = fieldsOf(schema, place, value)
      const { backend, dataset_name, random_range_ratio, accept_length, server_info } = run
      const isRandom = dataset_name?.startsWith('random') ?? false
      const particulars = {
        ...{ metrics: METRICS, burstiness: 1, acceptedTokens: accept_length },
        lengthsFrom: isRandom ? (random_range_ratio ?? 1) : 1,
      }
      const models = typeof server_info?.model_path === 'string' ? [server_info.model_path] : []
      return {
        place,
        said: {
          device: '',
          engine: backend,
          models,
          weights: '',
          kv: '',
          tp: server_info?.tp_size ?? Number.NaN,
        },
        observe: (setup, limits) => benchmarked(place, run, particulars, setup, limits),
      }
    }),
}
