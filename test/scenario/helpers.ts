import { UserError } from '../../src/core/errors.ts'
import { type BuildOptions, type BuiltFleet, buildFleet } from '../../src/scenario/build.ts'
import { readYaml } from '../../src/scenario/document.ts'
import type { Catalogue } from '../../src/scenario/facts.ts'
import { loadCatalogue } from '../../src/scenario/files.ts'
import { type ParsedScenario, parseScenario } from '../../src/scenario/schema.ts'
import { buildWorkload } from '../../src/scenario/workload.ts'

export const CONFIGS = new URL('../../configs', import.meta.url).pathname
export const catalogue: Catalogue = loadCatalogue([CONFIGS])

/** A scenario that is right; tests replace parts of its text. */
export const GOOD = `name: good
model: llama-3.1-8b
region: us-ohio
slo: { ttft_s: 1, tpot_s: 0.1 }
workload:
  trace: some.csv
fleet:
  - node: aws-p5.48xlarge
    nodes: 2
    replica: { tp: 2, weights: bf16, kv: bf16, replicas_per_node: 3 }
    engine: vllm
    batcher: { token_budget: 2048, max_sequences: 128, max_model_len: 8192 }
policies: [random]
`

export function parsed(text: string): ParsedScenario {
  return parseScenario(readYaml(text, 's.yaml'))
}

/** The good scenario with pieces of its text replaced. */
export function variant(...replacements: readonly (readonly [string, string])[]): string {
  return replacements.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the text has no ${from}`)
    return text.replace(from, to)
  }, GOOD)
}

export function fleetOf(text: string, options: BuildOptions = {}): BuiltFleet {
  return buildFleet(parsed(text), catalogue, options)
}

/** The message that the scenario's author gets. */
export function mistake(text: string): string {
  return messageOf(() => {
    const scenario = parsed(text)
    buildFleet(scenario, catalogue)
    buildWorkload(scenario, () => {
      throw new Error('no trace is opened here')
    })
  })
}

export function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  return 'no mistake'
}
