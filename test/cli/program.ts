import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href
const main = join(root, 'src/main.ts')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder to run the program in, gone after `remove`. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'regatta-cli-'))

  write(name: string, text: string): void {
    const file = join(this.folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  names(folder = '.'): string[] {
    return readdirSync(join(this.folder, folder)).sort()
  }

  start(...args: readonly string[]): ChildProcess {
    return spawn(process.execPath, ['--import', tsx, main, ...args], { cwd: this.folder })
  }

  run(...args: readonly string[]): Promise<Ended> {
    return ended(this.start(...args))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', chunk => {
    stdout += chunk
  })
  child.stderr?.on('data', chunk => {
    stderr += chunk
  })
  return new Promise(resolve => child.on('close', code => resolve({ code, stdout, stderr })))
}

/** A scenario that is right and runs in no time; tests replace parts of it. */
export const SCENARIO = `name: tiny
model: llama-3.1-8b
region: us-ohio
slo: { ttft_s: 1, tpot_s: 0.1 }
workload:
  generate:
    requests: 200
    arrivals: { process: poisson }
    lengths: { input: { fixed: 500 }, output: { fixed: 50 } }
  load: 0.5
fleet:
  - node: aws-p5.48xlarge
    nodes: 1
    replica: { tp: 2, weights: bf16, replicas_per_node: 3 }
    engine: vllm
policies: [random, power-of-two]
`

export function scenario(...[from, to]: readonly [string, string]): string {
  if (!SCENARIO.includes(from)) throw new Error(`the scenario has no ${from}`)
  return SCENARIO.replace(from, to)
}

/** A workload from a trace instead of drawn from laws. */
export function traceScenario(trace: string): string {
  return SCENARIO.replace(/workload:[\s\S]*load: 0.5\n/, `workload: { trace: ${trace}, load: 0.5 }\n`)
}

/** The same where prompts are computed apart from decodes. */
export const APART = SCENARIO.replace(
  /fleet:[\s\S]*$/,
  `disaggregation: {}
fleet:
  - name: prompts
    role: prefill
    node: aws-p5.48xlarge
    nodes: 1
    replica: { replicas_per_node: 2 }
    engine: vllm
  - name: decodes
    role: decode
    on: prompts
    replicas: 1
    engine: vllm
  - name: elsewhere
    role: decode
    node: aws-p5.48xlarge
    nodes: 2
    replica: { tp: 4, replicas_per_node: 1 }
    engine: vllm
policies: [random]
`,
)
