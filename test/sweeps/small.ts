import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CellResult, CellRunner } from '../../src/sweeps/contract.ts'
import type { Experiment } from '../../src/sweeps/experiment.ts'
import { loadExperiment } from '../../src/sweeps/load-experiment.ts'
import { mixedScenario } from '../experiments/scenarios.ts'

/** A scenario that is soon run. */
export const SMALL = mixedScenario({ requests: 300 })

/** The same with a trace. */
export const TRACED = SMALL.replace(/ {2}generate:[\s\S]*? {2}load: 0.7/, '  trace: trace.csv\n  load: 0.5')

/** A hundred and twenty requests in as many seconds. */
export const TRACE = `arrival_s,input_tokens,output_tokens\n${Array.from({ length: 120 }, (_, i) => {
  return `${i + (i % 7) / 10},${100 + 13 * (i % 11)},${10 + (i % 5)}`
}).join('\n')}\n`

/** Two policies at two loads, twice. */
export const EXPERIMENT = `name: small
scenario: scenario.yaml
policies: [round-robin, power-of-two]
factors:
  workload.load: [0.4, 0.8]
replications: 2
`

/** Writes files by their paths in a folder. */
export function written(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** An experiment in a folder, with a small scenario and what other files it needs beside it. */
export function experimentIn(
  folder: string,
  text = EXPERIMENT,
  files: Readonly<Record<string, string>> = {},
): Experiment {
  written(folder, { 'scenario.yaml': SMALL, 'experiment.yaml': text, ...files })
  return loadExperiment(join(folder, 'experiment.yaml'))
}

/** Runs cells one after the other. */
export async function ran(
  runner: CellRunner,
  cells: readonly (readonly [point: number, replication: number])[],
): Promise<CellResult[]> {
  const results: CellResult[] = []
  for (const [point, replication] of cells) results.push(await runner.run({ point, replication }))
  return results
}
