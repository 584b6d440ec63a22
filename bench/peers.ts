/** `npm run bench:peers`: the workloads that other simulators were timed on, each as a whole run of the program. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { fromRoot } from './paths.ts'
import { PEERS } from './peer-figures.ts'
import { columnsText } from './text.ts'

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    runs: { type: 'string', default: '5' },
    policy: { type: 'string', default: 'round-robin' },
    azure: { type: 'string', default: fromRoot('../shared/data/traces/azure2023_conv_first_half.csv') },
  },
})

interface Workload {
  readonly name: string
  readonly scenario: string
  /** In place of the scenario's own. */
  readonly trace?: string
}

/** One run as a whole process. */
interface PeerRun {
  readonly wallS: number
  readonly peakRssMb: number
  readonly requests: number
  readonly steps: number
}

const WORKLOADS: readonly Workload[] = [
  { name: 'c10k r64 n16', scenario: 'c10k-r64-n16' },
  { name: 'c100k r64 n16', scenario: 'c100k-r64-n16' },
  { name: 'c100k r256 n64', scenario: 'c100k-r256-n64' },
  { name: 'azure-like n16', scenario: 'azure-n16' },
  { name: 'azure n16', scenario: 'azure-n16', trace: flags.azure },
]
const HEAD = ['simulator', 'workload', 'wall s', 'peak RSS MB', 'requests/s', 'steps', 'steps/s']

const given = WORKLOADS.filter(({ name }) => flags.only?.some(text => name.startsWith(text)) ?? true)
const chosen = given.filter(({ name, trace }) => {
  if (trace === undefined || existsSync(trace)) return true
  process.stderr.write(`\n*** SKIPPED ${name}: there is no file ${trace}; give it with --azure FILE ***\n\n`)
  return false
})
if (chosen.length === 0) process.exit(1)
const lines = chosen.flatMap(workload => [ownLine(workload), ...peerLines(workload)])
process.stdout.write(`${columnsText([HEAD, ...lines])}\n\nEach runs singly, from the root of the project:\n`)
for (const workload of chosen) process.stdout.write(`  ${commandText(workload)}\n`)

/** Best of the runs, as the peers were timed. */
function ownLine(workload: Workload): string[] {
  const runs = Array.from({ length: Number(flags.runs) }, () => oneRun(workload))
  const best = runs.reduce((a, b) => (b.wallS < a.wallS ? b : a))
  const { wallS, requests, steps } = best
  const peakRssMb = Math.max(...runs.map(run => run.peakRssMb))
  return [
    `regatta, ${flags.policy}`,
    workload.name,
    wallS.toFixed(2),
    peakRssMb.toFixed(0),
    thousands(requests / wallS),
    thousands(steps),
    thousands(steps / wallS),
  ]
}

function peerLines({ name }: Workload): string[][] {
  return PEERS.filter(({ workload }) => workload === name).map(peer => [
    peer.simulator,
    name,
    String(peer.wallS),
    thousands(peer.peakRssMb),
    thousands(peer.requestsPerS),
    peer.steps === undefined ? '' : thousands(peer.steps),
    peer.steps === undefined ? '' : thousands(peer.steps / peer.wallS),
  ])
}

function oneRun(workload: Workload): PeerRun {
  const folder = mkdtempSync(join(tmpdir(), 'regatta-bench-'))
  try {
    const out = join(folder, 'out')
    const report = ['--import', pathToFileURL(fromRoot('dist-bench/bench/exit-report.js')).href]
    const startedMs = performance.now()
    const { status, output } = spawnSync(process.execPath, [...report, ...command(workload, out)], {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
      encoding: 'utf8',
    })
    const wallS = (performance.now() - startedMs) / 1000
    if (status !== 0) throw new Error(`${workload.name} ended with exit code ${status}`)
    const { peakRssMb } = JSON.parse(output[3] ?? '') as { peakRssMb: number }
    const replicas = readFileSync(join(out, 'replicas.csv'), 'utf8')
    return {
      wallS,
      peakRssMb,
      requests: columnSum(replicas, 'requests'),
      steps: columnSum(replicas, 'steps'),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function command({ scenario, trace }: Workload, out: string): string[] {
  const file = fromRoot(`bench/peers/${scenario}.yaml`)
  const traced = trace === undefined ? [] : ['--trace', trace]
  return [fromRoot('dist/main.js'), 'run', file, '--policy', flags.policy, ...traced, '--out', out]
}

function commandText(workload: Workload): string {
  const root = fromRoot('')
  return ['node', ...command(workload, 'results/peers')]
    .map(word => (word.startsWith('/') ? relative(root, word) : word))
    .join(' ')
}

function columnSum(csv: string, name: string): number {
  const [head, ...rows] = csv.trimEnd().split('\n')
  const column = head.split(',').indexOf(name)
  return rows.reduce((sum, row) => sum + Number(row.split(',')[column]), 0)
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
