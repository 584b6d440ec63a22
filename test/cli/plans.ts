import type { PlanReport } from '../../src/cli/plan-report.ts'
import type { Measured, PlanResult } from '../../src/planning/fleets/contract.ts'
import type { Option } from '../../src/planning/fleets/options.ts'
import { planSchema } from '../../src/planning/fleets/plan-schema.ts'
import { sourceOf } from '../../src/scenario/document.ts'
import { loadCatalogue } from '../../src/scenario/files.ts'
import { parseScenario } from '../../src/scenario/schema.ts'
import { SHIPPED_CATALOGUE } from '../../src/scenario/shipped.ts'
import type { Interval } from '../../src/statistics/interval.ts'

/** A plan that is right and takes no time; tests replace parts of it. A step takes a tenth of a second whatever it does. */
export const PLAN = `name: tiny
model: llama-3.1-8b
region: us-ohio
slo: { ttft_s: 1, tpot_s: 0.15 }
workload:
  generate:
    requests: 1200
    arrivals: { process: poisson }
    lengths: { input: { fixed: 100 }, output: { fixed: 10 } }
  rate_per_s: 60
candidates:
  - name: dear
    node: aws-p5.48xlarge
    usd_per_hour: 50
    engine: vllm
    replica: { tp: 8 }
    batcher: { max_sequences: 32 }
    latency: { model: fixed, step_s: 0.1 }
  - name: cheap
    node: aws-trn2.48xlarge
    usd_per_hour: 20
    engine: neuron
    replica: { tp: 16 }
    batcher: { max_sequences: 16 }
    latency: { model: fixed, step_s: 0.1 }
verify: { replications: 2 }
`

export function planWith(...[from, to]: readonly [string, string]): string {
  if (!PLAN.includes(from)) throw new Error(`the plan has no ${from}`)
  return PLAN.replace(from, to)
}

const catalogue = loadCatalogue([SHIPPED_CATALOGUE])

function optionOf(name: string, nodeId: string, candidate: number): Option {
  const node = catalogue.nodes.get(nodeId)!
  const device = catalogue.devices.get(node.device)!
  return { name, candidate, node, device, model: 'llama-3.1-8b', pool: { node: nodeId, engine: 'vllm' } }
}

export function intervalOf(estimate: number, halfWidth = 0.1 * estimate): Interval {
  const [low, high] = [estimate - halfWidth, estimate + halfWidth]
  return { estimate, low, high, halfWidth, n: 8, confidence: 0.95 }
}

/** What a fleet comes to: about one figure of everything for each of its nodes. */
export function measuredOf(nodes: readonly number[], changes: Partial<Measured> = {}): Measured {
  const size = nodes[0] + nodes[1]
  return {
    nodes,
    replications: 8,
    saturated: 0,
    load: 0.7,
    attainment: intervalOf(0.971, 0.006),
    ttftP99S: intervalOf(0.5),
    tpotP99S: intervalOf(0.04),
    e2eP99S: intervalOf(9),
    outputTokensPerS: intervalOf(1000),
    usdPerHour: intervalOf(50 * nodes[0] + 20 * nodes[1], 0),
    usdPerMtok: intervalOf(2 * size),
    joulesPerMtok: intervalOf(1e6 * size),
    gramsPerMtok: intervalOf(100 * size),
    watts: intervalOf(4000 * size),
    gramsPerHour: intervalOf(300 * size),
    gpuShare: intervalOf(nodes[0] / size, 0),
    ...changes,
  }
}

const scenario = {
  ...{ name: 'tiny', model: 'llama-3.1-8b', region: 'us-ohio', slo: { ttft_s: 1, tpot_s: 0.1 } },
  workload: { trace: 'rows.csv', class: 'chat', rate_per_s: 60 },
  fleet: [
    { engine: 'vllm', name: 'dear', node: 'aws-p5.48xlarge', nodes: 1 },
    { engine: 'neuron', name: 'cheap', node: 'aws-trn2.48xlarge', nodes: 2 },
  ],
  policies: ['least-requests'],
}

const RESULT: PlanResult = {
  options: [optionOf('dear', 'aws-p5.48xlarge', 0), optionOf('cheap', 'aws-trn2.48xlarge', 1)],
  leftOut: [{ name: 'late', why: 'can be had from 2027 on, and the plan is for 2026' }],
  classes: ['short', 'long'].map(name => ({
    requestClass: {
      name,
      model: undefined,
      requests: 10,
      meanInputTokens: 100,
      meanOutputTokens: 10,
      arrivals: () => {
        throw new Error('no requests are needed')
      },
    },
    ratePerS: name === 'short' ? 40 : 20,
  })),
  ratings: [
    [64, 32],
    [31, Number.NaN],
  ],
  promise: {
    nodes: [1, 1],
    usdPerHour: 70,
    watts: 8000,
    gramsPerHour: 600,
    flow: [
      [10, 20],
      [30, 0],
    ],
  },
  promised: measuredOf([1, 1], { attainment: intervalOf(0.9, 0.01) }),
  promisedVerdict: 'infeasible',
  chosen: measuredOf([1, 2]),
  verdict: 'feasible',
  looks: 1,
  tried: [
    { measured: measuredOf([2, 0]), verdict: 'feasible', isFront: true },
    { measured: measuredOf([1, 1]), verdict: 'infeasible', isFront: false },
    { measured: measuredOf([1, 2]), verdict: 'feasible', isFront: true },
  ],
  simulations: 12,
  runs: 40,
  shape: { requests: 30_000, spanS: 500, workloadRequests: 90_000, isRedrawn: true, hasItself: false },
  objective: 0.95,
  aim: 'usd',
  gap: { usdPerHour: 90 / 70 - 1, watts: 0.5, nodes: 0.5 },
  scenario: parseScenario(sourceOf(scenario, 'made')),
  evidence: { stance: 'given', grade: 'estimate', facts: [], estimates: [] },
}

const SPEC = planSchema.parse({
  ...{ name: 'tiny', model: 'llama-3.1-8b', region: 'us-ohio', slo: { ttft_s: 1, tpot_s: 0.1 } },
  workload: { trace: 'rows.csv', rate_per_s: 60 },
  candidates: [{ node: 'aws-p5.48xlarge' }, { node: 'aws-trn2.48xlarge' }],
})

/** Of a fleet of two kinds that simulation found to need a node more than was promised. */
export function reportWith(
  result: Partial<PlanResult> = {},
  spec: Partial<PlanReport['spec']> = {},
): PlanReport {
  return {
    spec: { ...SPEC, ...spec },
    result: { ...RESULT, ...result },
    terms: [
      { usdPerHour: 50, usdPerKwh: 0, maxWatts: 10_000, embodiedGramsPerHour: 90 },
      { usdPerHour: 20, usdPerKwh: 0, maxWatts: 8000, embodiedGramsPerHour: 50 },
    ],
  }
}
