/**
 * `npm run bench:decisions`: nanoseconds that a decision of each policy takes, in runs of the main job, and how many times
 * as long the run takes for it. A run under the policy is compared with one that replays its decisions, so that the rest
 * of both is the same work, and the upkeep of what the policy asks for is in the difference.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import v8 from 'node:v8'
import { type Course, type PolicyFactory, policies } from '../src/index.ts'
import { type PolicyEntry, policyNamed } from '../src/routing/registry.ts'
import { type PolicyChoice, simulate } from '../src/simulate.ts'
import { POLICY_OPTIONS } from './cases.ts'
import { prefixCached } from './deployed.ts'
import { preparedJob, type ScenarioInput } from './main-job.ts'
import { columnsText } from './text.ts'

// As src/main.ts does.
v8.setFlagsFromString('--max-inlined-bytecode-size-cumulative=3500')

const SIZES = [16, 256, 4096]
const REQUESTS = 100_000
/** Of a policy that asks every replica of a large fleet. */
const FEW_REQUESTS = 10_000
/** Above this a decision among 256 replicas has asked all of them. */
const SCAN_NS = 2000

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    runs: { type: 'string', default: '3' },
    // Of the process of one figure.
    policy: { type: 'string' },
    replicas: { type: 'string' },
    requests: { type: 'string' },
  },
})

/** What decisions cost a run. */
interface Cost {
  readonly ns: number
  /** The run over one that replays its decisions. */
  readonly times: number
}

if (flags.policy === undefined) printTable()
else {
  const cost = await costOf(flags.policy, Number(flags.replicas), Number(flags.requests))
  process.stdout.write(JSON.stringify(cost))
}

function printTable(): void {
  const wanted = flags.only ?? ['']
  const names = Object.keys(policies).filter(
    name => !('oracle' in policyNamed(name)) && wanted.some(start => name.startsWith(start)),
  )
  const rows = names.map(name => {
    process.stderr.write(`${name}\n`)
    const costs: Cost[] = []
    for (const replicas of SIZES) costs.push(inProcess(name, replicas, costs))
    const each = costs[2].ns / SIZES[2]
    return [name, ...costs.map(({ ns }) => ns.toFixed(0)), each.toFixed(2), ...costs.map(timesText)]
  })
  const sizes = SIZES.map(size => size.toLocaleString('en-US'))
  const head = ['ns a decision', ...sizes, 'a replica of 4,096', ...sizes.map(size => `run at ${size}`)]
  process.stdout.write(`${columnsText([head, ...rows])}\n`)
}

function timesText({ times }: Cost): string {
  return `${times.toFixed(2)}x`
}

/** @param smaller figures of smaller fleets */
function inProcess(policy: string, replicas: number, smaller: readonly Cost[]): Cost {
  const isScan = smaller.length === 2 && smaller[1].ns > SCAN_NS
  const requests = isScan ? FEW_REQUESTS : REQUESTS
  const args = ['--policy', policy, '--replicas', replicas, '--requests', requests, '--runs', flags.runs]
  const file = fileURLToPath(import.meta.url)
  return JSON.parse(execFileSync(process.execPath, [file, ...args.map(String)], { encoding: 'utf8' }))
}

async function costOf(name: string, replicas: number, requests: number): Promise<Cost> {
  const scenario = (input: ScenarioInput) => ({ ...input, warmup_s: 0 })
  const { course } = await preparedJob({ requests, replicas, scenario, course: prefixCached })
  const decisions = new Int32Array(requests)
  const choice = { name, options: POLICY_OPTIONS[name] ?? {} }
  await simulate(course, recording(choice, decisions))
  let deciding = Number.POSITIVE_INFINITY
  let replaying = Number.POSITIVE_INFINITY
  for (let run = 0; run < Number(flags.runs); run++) {
    deciding = Math.min(deciding, await secondsOf(course, choice))
    replaying = Math.min(replaying, await secondsOf(course, { name: 'replay', entry: replay(decisions) }))
  }
  return { ns: ((deciding - replaying) / requests) * 1e9, times: deciding / replaying }
}

/** Of the processor, so that others on the machine are left out of it. */
async function secondsOf(course: Course, choice: PolicyChoice): Promise<number> {
  const began = process.cpuUsage()
  await simulate(course, choice)
  return process.cpuUsage(began).user / 1e6
}

function recording({ name, options = {} }: PolicyChoice, decisions: Int32Array): PolicyChoice {
  const entry = policyNamed(name) as PolicyEntry & { readonly make: PolicyFactory }
  let made = 0
  const make: PolicyFactory = setup => {
    const policy = entry.make(setup)
    return (request, cluster) => {
      decisions[made] = policy(request, cluster)
      return decisions[made++]
    }
  }
  return { name, options, entry: { ...entry, make } }
}

/** It has as much noted of requests as the policies that read it. */
function replay(decisions: Int32Array): PolicyEntry {
  let next = 0
  return { about: 'replays', readsNotes: true, make: () => () => decisions[next++] }
}
