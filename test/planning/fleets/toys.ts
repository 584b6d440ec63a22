import { loadPlan, type Plan } from '../../../src/planning/fleets/load.ts'
import { readYaml } from '../../../src/scenario/document.ts'
import { loadCatalogue, traceOpener } from '../../../src/scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../../../src/scenario/shipped.ts'

const catalogue = loadCatalogue([SHIPPED_CATALOGUE])

/** A node that takes one request at a time, each for so many seconds. */
export function server(name: string, node: string, usdPerHour: number, law: string, more = ''): string {
  return `  - node: ${node}
    name: ${name}
    engine: vllm
    usd_per_hour: ${usdPerHour}
    replica: { tp: 8 }
    batcher: { max_sequences: 1 }
    latency: { ${law} }
${more}`
}

/** Ten requests a second. */
export const SLOW = server('slow', 'aws-p5.48xlarge', 10, 'model: fixed, step_s: 0.1')

export const fast = (usdPerHour: number) =>
  server('fast', 'gcp-a3-highgpu-8g', usdPerHour, 'model: fixed, step_s: 0.05')

/** Requests of one step each, evenly spaced, so that nodes serve exactly what their steps allow. */
export const EVEN = workload('even', 25)

export function workload(process: string, ratePerS: number, requests = 1000): string {
  return `workload:
  generate:
    requests: ${requests}
    arrivals: { process: ${process} }
    lengths: { input: { fixed: 100 }, output: { fixed: 1 } }
  rate_per_s: ${ratePerS}
`
}

export interface Toy {
  readonly candidates: readonly string[]
  readonly workload?: string
  readonly slo?: string
  readonly more?: string
}

export function planText({
  candidates,
  workload = EVEN,
  slo = '{ ttft_s: 0.5, tpot_s: 1 }',
  more = '',
}: Toy): string {
  return `name: toy
model: llama-3.1-8b
region: us-ohio
slo: ${slo}
policy: least-requests
verify: { replications: 3 }
${workload}${more}candidates:
${candidates.join('')}`
}

export function toyPlan(toy: Toy): Plan {
  return planFrom(planText(toy))
}

export function planFrom(text: string): Plan {
  return loadPlan(readYaml(text, 'plan.yaml'), catalogue, traceOpener('plan.yaml'))
}
