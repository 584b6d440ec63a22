import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ended, Workplace } from '../cli/program.ts'
import { experiment, QUICK } from './experiments.ts'

const place = new Workplace()
const KEPT = ['.experiment', 'cells.jsonl', 'estimates.csv', 'manifest.json', 'results.csv']
const lines = (out: string, name: string) =>
  readFileSync(join(place.folder, out, name), 'utf8')
    .trimEnd()
    .split('\n')

beforeAll(() => {
  place.write('quick.yaml', QUICK)
  place.write('one.yaml', experiment(3))
  place.write('many.yaml', experiment(4000))
  place.write('stuck.yaml', experiment(3, 'policies: [./stuck.ts]\n'))
  place.write('stuck.ts', 'export default () => () => { while (true) {} }\n')
  place.write('exits.yaml', experiment(3, 'policies: [./exits.ts]\n'))
  place.write('exits.ts', 'export default () => () => process.exit(0)\n')
  place.write('throws.yaml', experiment(3, 'policies: [random, ./throws.ts]\n'))
  place.write('throws.ts', "export default () => () => { throw new Error('oops') }\n")
  place.write('draws.yaml', experiment(3, 'policies: [./draws.ts]\n'))
  place.write('draws.ts', 'export default () => () => Math.floor(Math.random())\n')
})
afterAll(() => place.remove())

describe.concurrent('sweep', () => {
  it('writes rows for every cell, estimates and a manifest, and shows the means at a glance', async () => {
    const { code, stdout, stderr } = await place.run('sweep', 'one.yaml', '--out', 'glance', '--workers', '1')
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^workload\.load +policy +ttft_p99_s +slo_attainment +usd_per_good_mtok\n/)
    expect(stdout).toMatch(/\n0\.7 +power-of-two +[\d.]+ ± [\d.]+ /)
    expect(stdout).toContain('Written to glance: estimates.csv, manifest.json, results.csv')
    expect(lines('glance', 'results.csv')).toHaveLength(1 + 4 * 3)
    expect(lines('glance', 'results.csv')[1]).toMatch(/^0\.4,random,0,1,all,all,/)
  })

  it.each([
    ['stuck', '--policy-timeout 3', 'policy ./stuck.ts did not answer decision 1'],
    ['exits', '', 'policy ./exits.ts ended the program in decision 1'],
    [
      'throws',
      '',
      'replication 0 of throws.ts at workload.load 0.4: policy throws.ts, decision 1 at 0 s, threw',
      'oops',
    ],
    ['draws', '', 'asked Math.random at draws.ts:1'],
  ])('answers a policy that goes wrong with one clear line: %s', async (name, flags, ...says) => {
    const words = ['sweep', `${name}.yaml`, '--workers', '2', ...flags.split(' ').filter(Boolean)]
    const { code, stdout, stderr } = await place.run(...words, '--out', name)
    expect(stderr).toMatch(/^regatta: .*\n$/)
    for (const part of says) expect(stderr).toContain(part)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('ends on Ctrl-C with the results so far, and goes on when it is started again', async () => {
    const child = place.start('sweep', 'many.yaml', '--out', 'stopped', '--workers', '2')
    const over = ended(child)
    await cellsIn('stopped', 5)
    child.kill('SIGINT')
    const { code, stdout, stderr } = await over
    expect(stderr).toBe('')
    expect(code).toBe(130)
    const [, finished] = /Stopped with (\d+) of 16000 cells finished\. The same command goes on/.exec(stdout)!
    expect(place.names('stopped')).toEqual(KEPT)
    expect(lines('stopped', 'results.csv')).toHaveLength(1 + Number(finished))
    expect(JSON.parse(lines('stopped', 'manifest.json').join('')).cells).toEqual({
      finished: Number(finished),
      planned: 16000,
    })
    const again = place.start('sweep', 'many.yaml', '--out', 'stopped', '--workers', '1')
    const overAgain = ended(again)
    await cellsIn('stopped', Number(finished) + 5)
    again.kill('SIGTERM')
    expect((await overAgain).code).toBe(143)
    expect(lines('stopped', 'results.csv').length).toBeGreaterThan(Number(finished) + 5)
  })
})

/** Waits until so many cells are in the journal. */
async function cellsIn(out: string, cells: number): Promise<void> {
  for (;;) {
    try {
      if (lines(out, 'cells.jsonl').length >= cells) return
    } catch {
      // It is not there yet.
    }
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
