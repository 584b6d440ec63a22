import { type Prepared, prepare } from '../../src/experiments/prepare.ts'
import type { Entrant } from '../../src/experiments/race.ts'
import { readYaml } from '../../src/scenario/document.ts'
import { loadCatalogue } from '../../src/scenario/files.ts'
import { parseScenario } from '../../src/scenario/schema.ts'
import { SHIPPED_CATALOGUE } from '../../src/scenario/shipped.ts'

const catalogue = loadCatalogue([SHIPPED_CATALOGUE])

export function preparedOf(text: string): Promise<Prepared> {
  return prepare(parseScenario(readYaml(text, 's.yaml')), catalogue, () => {
    throw new Error('no trace is opened here')
  })
}

export function entrants(...names: string[]): Entrant[] {
  return names.map(name => ({ name, label: name }))
}

/** Two kinds under a workload drawn from laws. */
export function mixedScenario(changes: { requests?: number; pace?: string } = {}): string {
  const { requests = 4000, pace = 'load: 0.7' } = changes
  return `name: mixed
model: llama-3.1-8b
region: us-ohio
slo: { ttft_s: 1, tpot_s: 0.05 }
sample_s: 1
workload:
  generate:
    requests: ${requests}
    arrivals: { process: poisson }
    lengths:
      input: { lognormal: { median_tokens: 400, sigma: 0.8, max_tokens: 3000 } }
      output: { lognormal: { median_tokens: 60, sigma: 0.7, max_tokens: 400 } }
  ${pace}
fleet:
  - name: big
    node: aws-p5.48xlarge
    nodes: 1
    replica: { tp: 1, replicas_per_node: 2 }
    engine: vllm
    batcher: { max_sequences: 64, max_model_len: 8192 }
  - name: small
    node: l40s-server-8x
    nodes: 1
    replica: { tp: 1, weights: fp8, replicas_per_node: 3 }
    engine: vllm
    batcher: { max_sequences: 32, max_model_len: 8192 }
policies: [random]
`
}

/** One server that takes one request at a time, for a fixed time. */
export function oneServerScenario(requests: number): string {
  return `name: one-server
model: llama-3.1-8b
region: us-ohio
slo: { ttft_s: 100, tpot_s: 1, attainment: 0.9 }
workload:
  generate:
    requests: ${requests}
    arrivals: { process: poisson }
    lengths: { input: { fixed: 100 }, output: { fixed: 1 } }
  load: 0.5
fleet:
  - node: aws-p5.48xlarge
    nodes: 1
    replica: { replicas_per_node: 1 }
    engine: vllm
    batcher: { max_sequences: 1, max_model_len: 8192 }
    latency: { model: fixed, step_s: 0.5 }
policies: [random]
`
}
