import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ended, Workplace } from '../cli/program.ts'
import { experiment, QUICK } from './experiments.ts'

const KILLS = process.env.REGATTA_LONG === undefined ? 3 : 20
const REPLICATIONS = 15 * (1 + KILLS)
const CELLS = 2 * REPLICATIONS
const WORKERS = 2
/** Of a sweep at work: about as long as it takes for ten cells. */
const MOST_MS = 200
const START_MS = 3000

const place = new Workplace()
const FILES = ['results.csv', 'estimates.csv', 'manifest.json']
const KEPT = ['.experiment', 'cells.jsonl', 'estimates.csv', 'manifest.json', 'results.csv']
const text = (name: string) => readFileSync(join(place.folder, name), 'utf8')
const bytes = (out: string) => FILES.map(name => text(join(out, name)))

/** A policy that notes every run that it is set up for, in a file that is none of its inputs, and takes its time over it. */
const NOTING = `import { appendFileSync } from 'node:fs'
const here = import.meta.url
export default () => {
  appendFileSync(new URL('runs.txt', here), 'run\\n')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
  let turn = 0
  return (_, cluster) => turn++ % cluster.replicas
}
`
const runs = () => text('runs.txt').split('\n').length - 1

beforeAll(() => {
  place.write('quick.yaml', QUICK)
  place.write('noting.ts', NOTING)
  place.write('sweep.yaml', experiment(REPLICATIONS, 'policies: [./noting.ts]\n'))
  place.write('runs.txt', '')
})
afterAll(() => place.remove())

function started(out: string) {
  return place.start('sweep', 'sweep.yaml', '--out', out, '--workers', String(WORKERS))
}

/** Starts the sweep and kills it at some moment of its work, or of its start. */
async function killed(out: string, isAtWork: boolean): Promise<void> {
  const before = runs()
  const child = started(out)
  const over = ended(child)
  while (isAtWork && runs() === before && child.exitCode === null) await pause(10)
  await pause((isAtWork ? MOST_MS : START_MS) * Math.random())
  child.kill('SIGKILL')
  await over
}

const NAME = `comes to the same bytes when it is killed ${KILLS} times, and repeats no cell that was finished`
it(NAME, { timeout: 60_000 * (1 + KILLS) }, async () => {
  for (let kill = 0; kill < KILLS; kill++) await killed('killed', kill % 4 !== 1)
  const before = existsSync(join(place.folder, 'killed/cells.jsonl')) ? text('killed/cells.jsonl') : ''
  const { code, stderr } = await ended(started('killed'))
  expect([code, stderr]).toEqual([0, ''])
  expect(before).not.toBe('')
  expect(runs()).toBeGreaterThanOrEqual(CELLS)
  expect(runs()).toBeLessThanOrEqual(CELLS + KILLS * WORKERS)
  await ended(started('undisturbed'))
  expect(bytes('killed')).toEqual(bytes('undisturbed'))
  expect(place.names('killed')).toEqual(KEPT)
})
