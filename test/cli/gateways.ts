import type { LoadedScenario } from '../../src/cli/scenario.ts'
import { preparedOf } from '../experiments/scenarios.ts'

const CLASSES = `
  classes:
    chat: { tier: critical }
    bulk: { tier: background }`

/** Three classes, four replicas that run 32 requests at a time, and what stands before them. */
export interface Behind {
  readonly gateway?: string
  /** Of the objectives; all requests are standard without. */
  readonly classes?: string
  readonly policies?: string
}

export async function loadedBehind({
  gateway = '',
  classes = CLASSES,
  policies = '[random]',
}: Behind): Promise<LoadedScenario> {
  const text = `name: behind
model: llama-3.1-8b
region: us-ohio
slo:
  ttft_s: 1
  tpot_s: 0.05${classes}
${gateway}
workload:
  generate:
    requests: 300
    arrivals: { process: poisson }
    lengths: { input: { fixed: 300 }, output: { fixed: 20 } }
    classes: [ { class: bulk, share: 0.3 }, { class: chat, share: 0.5 }, { class: code, share: 0.2 } ]
  rate_per_s: 50
fleet:
  - name: one
    node: aws-p5.48xlarge
    nodes: 1
    replica: { replicas_per_node: 3 }
    engine: vllm
    batcher: { max_sequences: 32 }
  - { name: two, on: one, replicas: 1, engine: vllm, batcher: { max_sequences: 64 } }
policies: ${policies}
`
  return { ...(await preparedOf(text)), file: 's.yaml' }
}
