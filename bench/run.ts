/** `npm run bench`: every case in processes of its own, a table, and a record for the next run to compare with. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { cases } from './cases.ts'
import type { BenchRecord, Measurement, Run } from './measurement.ts'
import { fromRoot } from './paths.ts'
import { comparisonText, tableText } from './table.ts'

const RECORDS = fromRoot('bench/results')
const LOAD = loadavg()[0]
const CASE = fromRoot('dist-bench/bench/case.js')

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    runs: { type: 'string', default: '5' },
    json: { type: 'string' },
    against: { type: 'string' },
  },
})
const names = namesOf(flags.only ?? [])
const before = recordBefore(flags.against)
const record = recordOf(allRuns(names, Number(flags.runs)))
process.stdout.write(`${tableText(record)}\n`)
if (before !== undefined) process.stdout.write(`\n${comparisonText(record, before)}\n`)
const file = flags.json ?? join(RECORDS, `${record.at.replaceAll(':', '-')}.json`)
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, `${JSON.stringify(record, null, 1)}\n`)
process.stdout.write(`\nWritten to ${file}\n`)

/** Cases of these names, or whose name begins so, with what they are compared with; all of them by default. */
function namesOf(only: readonly string[]): string[] {
  const all = Object.keys(cases)
  if (only.length === 0) return all
  const chosen = only.flatMap(text => {
    const found = Object.hasOwn(cases, text) ? [text] : all.filter(name => name.startsWith(text))
    if (found.length === 0) throw new Error(`there is no case '${text}'; there are: ${all.join(', ')}`)
    return found
  })
  const bases = chosen.flatMap(name => cases[name].base ?? [])
  return all.filter(name => chosen.includes(name) || bases.includes(name))
}

/** Round by round, so that whatever else the machine does falls on all cases alike. */
function allRuns(names: readonly string[], rounds: number): Record<string, Run[]> {
  const runs: Record<string, Run[]> = Object.fromEntries(names.map(name => [name, []]))
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kround ${round} of ${rounds}: ${name}`)
      runs[name].push(oneRun(name))
    }
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  return runs
}

function oneRun(name: string): Run {
  const startedMs = performance.now()
  const { status, stdout } = spawnSync(process.execPath, [...process.execArgv, CASE, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`case '${name}' ended with exit code ${status}`)
  const measured = JSON.parse(stdout) as Measurement & { peakRssMb: number }
  return { ...measured, wallS: (performance.now() - startedMs) / 1000 }
}

function recordOf(runs: BenchRecord['cases']): BenchRecord {
  const [{ model }] = cpus()
  const at = new Date().toISOString().slice(0, 19)
  const loadBefore = Math.round(10 * LOAD) / 10
  return { node: process.version, cpu: model, cores: cpus().length, at, loadBefore, cases: runs }
}

/** The record to compare with: the one named, or the last one written here that has one of the cases. */
function recordBefore(file: string | undefined): BenchRecord | undefined {
  const last = file ?? lastRecord()
  return last === undefined ? undefined : readRecord(last)
}

function readRecord(file: string): BenchRecord {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function lastRecord(): string | undefined {
  mkdirSync(RECORDS, { recursive: true })
  const last = readdirSync(RECORDS)
    .filter(name => name.endsWith('.json'))
    .sort()
    .findLast(name => names.some(one => one in readRecord(join(RECORDS, name)).cases))
  return last && join(RECORDS, last)
}
