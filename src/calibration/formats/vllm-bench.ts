import { z } from 'zod'
import { benchmarked, benchmarkFields, documentsIn, fieldsOf, hasKeys } from './benchmark.ts'
import type { Format } from './contract.ts'

/** As vllm-project/vllm@009e6d4 vllm/benchmarks/serve.py writes it. */
const schema = z.looseObject({
  ...benchmarkFields,
  backend: z.string(),
  model_id: z.string(),
  burstiness: z.number().positive().optional(),
  start_times: z.array(z.number()).optional(),
  spec_decode_acceptance_length: z.number().nullish(),
})

const METRICS = { ttft: 'ttft', tpot: 'tpot', e2e: 'e2el' } as const

/** One run of vLLM's serving benchmark, with or without `--save-detailed`; of several, one a line. */
export const vllmBench: Format = {
  about: 'JSON of `vllm bench serve --save-result`, better with `--save-detailed`',
  recognises: file => hasKeys(file, ['model_id', 'num_prompts', 'total_input_tokens']),
  read: file =>
    documentsIn(file).map(({ place, value }) => {
      const run = fieldsOf(schema, place, value)
      const { backend, model_id, burstiness = 1, start_times, spec_decode_acceptance_length } = run
      const particulars = {
        ...{ metrics: METRICS, burstiness, startTimes: start_times, lengthsFrom: 1 },
        acceptedTokens: spec_decode_acceptance_length,
      }
      return {
        place,
        said: { device: '', engine: backend, models: [model_id], weights: '', kv: '', tp: Number.NaN },
        observe: (setup, limits) => benchmarked(place, run, particulars, setup, limits),
      }
    }),
}
