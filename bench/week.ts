/** `npm run bench:week`: a week of 44 million requests as one run of the program, with its load hour by hour. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { fromRoot } from './paths.ts'
import { columnsText } from './text.ts'

const SCENARIO = fromRoot('configs/scenarios/azure-week.yaml')
const HOUR_S = 3600

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '1' },
    policy: { type: 'string', default: 'power-of-two' },
    /** Times as many nodes of each kind. */
    fleet: { type: 'string', default: '1' },
    /** A written week in place of the generated one. */
    trace: { type: 'string' },
  },
})

const folder = mkdtempSync(join(tmpdir(), 'regatta-week-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const scenario = scaledScenario(Number(flags.fleet))
const out = join(folder, 'out')

const runs = Array.from({ length: Number(flags.runs) }, oneRun)
process.stdout.write(`${runsText()}\n\n${hoursText()}\n`)

interface WeekRun {
  readonly wallS: number
  readonly peakRssMb: number
}

function scaledScenario(times: number): string {
  const text = readFileSync(SCENARIO, 'utf8').replace(
    /nodes: (\d+)/g,
    (_, nodes) => `nodes: ${nodes * times}`,
  )
  const file = join(folder, 'week.yaml')
  writeFileSync(file, text)
  return file
}

function oneRun(): WeekRun {
  const report = ['--import', pathToFileURL(fromRoot('dist-bench/bench/exit-report.js')).href]
  const traced = flags.trace === undefined ? [] : ['--trace', flags.trace]
  const words = ['run', scenario, '--policy', flags.policy, ...traced, '--out', out]
  const startedMs = performance.now()
  const { status, output } = spawnSync(process.execPath, [...report, fromRoot('dist/main.js'), ...words], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
  })
  const wallS = (performance.now() - startedMs) / 1000
  if (status !== 0) throw new Error(`the run ended with exit code ${status}`)
  return { wallS, peakRssMb: (JSON.parse(output[3] ?? '') as { peakRssMb: number }).peakRssMb }
}

function runsText(): string {
  const [head, ...rows] = cells('summary.csv')
  const requests = Number(rows[0][head.indexOf('requests')])
  const lines = runs.map(({ wallS, peakRssMb }) => [
    ...[requests.toLocaleString('en'), wallS.toFixed(1), Math.round(requests / wallS).toLocaleString('en')],
    peakRssMb.toFixed(0),
  ])
  return columnsText([['requests', 'wall s', 'requests/s', 'peak RSS MB'], ...lines])
}

/** Requests a second over what saturates the fleet, by day and hour. */
function hoursText(): string {
  const [head, ...rows] = cells('timeseries.csv')
  const [timeAt, rateAt] = [head.indexOf('time_s'), head.indexOf('requests_per_s')]
  const rates = new Map<number, number>()
  for (const row of rows) {
    const hour = Number(row[timeAt]) / HOUR_S - 1
    rates.set(hour, (rates.get(hour) ?? 0) + Number(row[rateAt]))
  }
  const saturation = saturationPerS()
  const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].map((day, i) => [
    day,
    ...Array.from({ length: 24 }, (_, hour) =>
      ((100 * (rates.get(24 * i + hour) ?? 0)) / saturation).toFixed(0),
    ),
  ])
  const head24 = ['load %', ...Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'))]
  return `${columnsText([head24, ...days])}\n\n${saturation.toFixed(0)} requests/s saturate the fleet`
}

/** As `check` prints it. */
function saturationPerS(): number {
  const { stdout } = spawnSync(process.execPath, [fromRoot('dist/main.js'), 'check', scenario], {
    encoding: 'utf8',
  })
  return Number(/^saturated +([\d.]+) requests\/s/m.exec(stdout)![1])
}

function cells(name: string): string[][] {
  const lines = readFileSync(join(out, name), 'utf8').trim().split('\n')
  return lines.map(line => line.split(','))
}
