/** `npm run bench:sweep`: sweeps as whole runs of the program: threads, overhead of a cell, memory. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { fromRoot } from './paths.ts'
import { columnsText } from './text.ts'

const SCENARIO = fromRoot('configs/scenarios/small-8b.yaml')
const POLICIES = ['round-robin', 'weighted-round-robin', 'power-of-two', 'least-requests', 'random']
const LOADS = [0.5, 0.8]
const POINTS = POLICIES.length * LOADS.length

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '1' },
    /** Of each of the large cells; 50,000 is what is asked of a sweep. */
    requests: { type: 'string', default: '50000' },
    only: { type: 'string', multiple: true },
  },
})

const folder = mkdtempSync(join(tmpdir(), 'regatta-bench-sweep-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

interface SweepCase {
  readonly cells: number
  readonly requests: number
  readonly workers: number
}

const LARGE = Number(flags.requests)
const TINY = 100
const CASES: Record<string, SweepCase> = {
  'large 1 worker': { cells: 200, requests: LARGE, workers: 1 },
  'large 2 workers': { cells: 200, requests: LARGE, workers: 2 },
  'tiny 100': { cells: 100, requests: TINY, workers: 2 },
  'tiny 1,000': { cells: 1000, requests: TINY, workers: 2 },
  'tiny 10,000': { cells: 10_000, requests: TINY, workers: 2 },
}
const OVERHEADS: Record<string, { readonly cells: number; readonly requests: number }> = {
  'overhead large': { cells: 200, requests: LARGE },
  'overhead tiny': { cells: 1000, requests: TINY },
}

const isAsked = (name: string) => flags.only === undefined || flags.only.some(only => name.startsWith(only))
const asked = <T>(cases: Record<string, T>) => Object.entries(cases).filter(([name]) => isAsked(name))
const sweeps = asked(CASES).map(([name, sweep]) => sweepLine(name, sweep))
const overheads = asked(OVERHEADS).map(([name, { cells, requests }]) => overheadLine(name, cells, requests))
if (sweeps.length > 0) {
  show([['sweep', 'cells', 'requests', 'wall s', 'min', 'max', 'cells/s', 'peak RSS MB'], ...sweeps])
}
if (overheads.length > 0) {
  show([['ms per cell', 'cells', 'requests', 'sweep', 'simulation', 'overhead'], ...overheads])
}

function show(rows: readonly (readonly string[])[]): void {
  process.stdout.write(`${columnsText(rows)}\n\n`)
}

function sweepLine(name: string, { cells, requests, workers }: SweepCase): string[] {
  const runs = Array.from({ length: Number(flags.runs) }, () => oneSweep(cells, requests, workers))
  const walls = runs.map(({ wallS }) => wallS).sort((a, b) => a - b)
  const median = walls[Math.floor(walls.length / 2)]
  const peak = Math.max(...runs.map(({ peakRssMb }) => peakRssMb))
  const times = [median, walls[0], walls.at(-1)!].map(wallS => wallS.toFixed(1))
  return [name, String(cells), String(requests), ...times, (cells / median).toFixed(1), peak.toFixed(0)]
}

function oneSweep(cells: number, requests: number, workers: number) {
  const out = mkdtempSync(join(folder, 'out-'))
  const report = ['--import', pathToFileURL(fromRoot('dist-bench/bench/exit-report.js')).href]
  const words = ['sweep', experiment(cells, requests), '--out', out, '--workers', String(workers)]
  const startedMs = performance.now()
  const output = outputOf([...report, fromRoot('dist/main.js'), ...words])[3]
  const wallS = (performance.now() - startedMs) / 1000
  return { wallS, ...(JSON.parse(output) as { readonly peakRssMb: number }) }
}

function overheadLine(name: string, cells: number, requests: number): string[] {
  const program = fromRoot('dist-bench/bench/sweep-overhead.js')
  const output = outputOf([program, experiment(cells, requests), mkdtempSync(join(folder, 'out-'))])[1]
  const { simulateMs, sweepMs } = JSON.parse(output) as {
    readonly simulateMs: number
    readonly sweepMs: number
  }
  const times = [sweepMs, simulateMs, sweepMs - simulateMs].map(ms => ms.toFixed(2))
  return [name, String(cells), String(requests), ...times]
}

/** What a program of Node's writes to each file descriptor. */
function outputOf(words: readonly string[]): string[] {
  const stdio = ['ignore', 'pipe', 'inherit', 'pipe'] as const
  const { status, output } = spawnSync(process.execPath, words, { stdio: [...stdio], encoding: 'utf8' })
  if (status !== 0) throw new Error(`${words.join(' ')} ended with exit code ${status}`)
  return output.map(text => text ?? '')
}

/** A file of an experiment of so many cells of so many requests each. */
function experiment(cells: number, requests: number): string {
  const file = join(folder, `${cells}-of-${requests}.yaml`)
  const text = `name: bench
scenario: ${SCENARIO}
policies: [${POLICIES.join(', ')}]
factors:
  workload.load: [${LOADS.join(', ')}]
  workload.generate.requests: [${requests}]
  warmup_s: [0]
replications: ${cells / POINTS}
`
  writeFileSync(file, text)
  return file
}
