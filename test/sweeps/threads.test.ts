import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import type { CellRunner } from '../../src/sweeps/contract.ts'
import type { Experiment } from '../../src/sweeps/experiment.ts'
import { openSweepFolder } from '../../src/sweeps/folder.ts'
import { inProcessRunner } from '../../src/sweeps/in-process-runner.ts'
import { loadExperiment } from '../../src/sweeps/load-experiment.ts'
import { taskOf } from '../../src/sweeps/plan.ts'
import { planOf } from '../../src/sweeps/planned.ts'
import { sweep } from '../../src/sweeps/sweep.ts'
import { threadRunner } from '../../src/sweeps/thread-runner.ts'
import { traceScenario } from '../cli/program.ts'
import { experiment, QUICK, SEQUENTIAL } from './experiments.ts'
import { temporaryFolder } from './fakes.ts'

const place = temporaryFolder()
let folders = 0
const FILES = ['results.csv', 'estimates.csv', 'manifest.json']

function write(name: string, text: string): string {
  writeFileSync(join(place, name), text)
  return join(place, name)
}

write('quick.yaml', QUICK)
write('traced.yaml', `${traceScenario('trace.csv')}warmup_s: 0\n`)
write('trace.csv', `arrival_s,input_tokens,output_tokens\n${rows(80).join('\n')}\n`)

function rows(count: number): string[] {
  return Array.from(
    { length: count },
    (_, i) => `${(i * 0.11 + (i % 7) * 0.013).toFixed(3)},${300 + ((i * 37) % 400)},${20 + ((i * 11) % 60)}`,
  )
}

/** The bytes that a sweep by the runner writes. */
async function bytesBy(loaded: Experiment, runner: CellRunner): Promise<string[]> {
  const plan = planOf(loaded)
  const folder = openSweepFolder(join(place, `out-${++folders}`), plan)
  await sweep(taskOf(plan), runner, folder.journal)
  await runner.close()
  folder.writeResults()
  await folder.close()
  return FILES.map(name => readFileSync(join(folder.path, name), 'utf8'))
}

it.each([
  ['drawn requests, until they are enough', experiment(SEQUENTIAL), [1, 2, 3]],
  ['blocks of a trace', experiment(4).replace('quick.yaml', 'traced.yaml'), [2]],
])('comes to the bytes of a sweep without threads: %s', async (_, text, threads) => {
  const loaded = loadExperiment(write('experiment.yaml', text))
  const expected = await bytesBy(loaded, inProcessRunner(loaded))
  expect(expected[0].split('\n').length).toBeGreaterThan(4 * 3)
  for (const workers of threads) {
    const runner = threadRunner(loaded, workers)
    // One starts with its first cell.
    if (workers > 1) await runner.start(workers + 1)
    expect(await bytesBy(loaded, runner)).toEqual(expected)
  }
})

it('hands on mistakes of the user as such, with the cell that they are in', async () => {
  write('late.yaml', QUICK.replace('warmup_s: 0', 'warmup_s: 1000'))
  const text = experiment(2).replace('quick.yaml', 'late.yaml')
  const runner = threadRunner(loadExperiment(write('experiment.yaml', text)), 1)
  const mistake = await runner.run({ point: 3, replication: 1 }).catch((error: unknown) => error)
  await runner.close()
  expect(mistake).toBeInstanceOf(UserError)
  expect((mistake as Error).message).toMatch(
    /^replication 1 of power-of-two at workload.load 0.7: .*warmup_s is 1000/,
  )
})

it('reads a trace once, for its threads and whoever asks', async () => {
  const text = experiment(2).replace('quick.yaml', 'traced.yaml')
  const runner = threadRunner(loadExperiment(write('experiment.yaml', text)), 1)
  const workloads = await runner.start(1)
  expect([...workloads.values()].map(({ arrivalS }) => arrivalS.length)).toEqual([80])
  expect(await runner.start(1)).toBe(workloads)
  await runner.close()
})

it('is closed without having begun, or with cells under way', async () => {
  const loaded = loadExperiment(write('experiment.yaml', experiment(2)))
  await threadRunner(loaded, 2).close()
  const idle = threadRunner(loaded, 2)
  await idle.start(4)
  await idle.close()
  const runner = threadRunner(loaded, 1)
  const lost = runner.run({ point: 0, replication: 0 }).then(
    () => 'done',
    () => 'lost',
  )
  await runner.close()
  expect(await lost).toBe('lost')
})
