import { describe, expect, test } from 'vitest'
import { preparedOf } from './scenarios.ts'

const part = (model: string, output: number, input: number) => `
    - generate:
        requests: 3000
        arrivals: { process: poisson, rate_per_s: 1 }
        lengths:
          input: { lognormal: { median_tokens: ${input}, sigma: 0.5, max_tokens: 3000 } }
          output: { fixed: ${output} }
      transform: [{ tag: { model: ${model} } }]`

const pool = (model: string) => `
  - name: ${model}
    model: ${model}
    node: aws-p5.48xlarge
    nodes: 1
    replica: { tp: 1, replicas_per_node: 2 }
    engine: vllm
    batcher: { max_sequences: 64, max_model_len: 8192 }`

const scenario = (parts: string, models: string[]) => `name: two
model: ${models[0]}
region: us-ohio
slo: { ttft_s: 1, tpot_s: 0.05 }
workload:
  mix:${parts}
  rate_per_s: 2
fleet:${models.map(pool).join('')}
policies: [random]
`

const SMALL = 'llama-3.1-8b'
const LARGE = 'qwen2.5-32b'

describe('of two models, one asked for short outputs and one for long', () => {
  test('each pool is rated by the requests that ask for its model', async () => {
    const short = part(SMALL, 20, 300)
    const long = part(LARGE, 400, 900)
    const both = await preparedOf(scenario(short + long, [SMALL, LARGE]))
    const alone = [await preparedOf(scenario(short, [SMALL])), await preparedOf(scenario(long, [LARGE]))].map(
      ({ course }) => course.kinds[0],
    )
    both.course.kinds.forEach(({ saturationRequestsPerS, saturationTokensPerS }, model) => {
      // The sample of a mix holds other rows of the same law.
      expect(saturationRequestsPerS / alone[model].saturationRequestsPerS).toBeCloseTo(1, 1)
      expect(saturationTokensPerS / alone[model].saturationTokensPerS).toBeCloseTo(1, 1)
    })
  })
})
