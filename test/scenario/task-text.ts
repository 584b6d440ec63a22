export interface TaskText {
  readonly task?: string
  readonly node?: string
  readonly weights?: string
  readonly samples?: number
}

/** The text of a scenario that serves a task. */
export function taskScenario({
  task = 'resnet50',
  node = 'l4-server-4x',
  weights = 'int8',
  samples = 64,
}: TaskText = {}): string {
  return `name: a task
task: ${task}
region: us-ohio
slo: { e2e_s: 0.1 }
workload:
  generate:
    requests: 2000
    arrivals: { process: poisson, rate_per_s: 1000 }
    lengths: { input: { fixed: 4 }, output: { fixed: 1 } }
fleet:
  - node: ${node}
    nodes: 2
    replica: { weights: ${weights} }
    batcher: { max_samples: ${samples}, timeout_ms: 2 }
policies: [least-tokens]
`
}
