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
  place.write('two.yaml', experiment(2))
  place.write('many.yaml', experiment(4000))
  place.write('stuck.yaml', experiment(3, 'policies: [./stuck.ts]\n'))
  place.write('stuck.ts', 'export default () => () => { while (true) {} }\n')
  place.write('exits.yaml', experiment(3, 'policies: [./exits.ts]\n'))
  place.write('exits.ts', 'export default () => () => process.exit(0)\n')
  place.write('throws.yaml', experiment(3, 'policies: [random, ./throws.ts]\n'))
  place.write('throws.ts', "export default () => () => { throw new Error('oops') }\n")
  place.write('warm.yaml', `${experiment(2)}`.replace('factors:\n', 'factors:\n  warmup_s: [0, 500]\n'))
  place.write('classes.yaml', experiment(1, 'groups: [all, class]\n'))
  place.write(
    'until.yaml',
    experiment('{ least: 3, most: 4, until: { metric: ttft_p99_s, half_width: 0.001 } }'),
  )
  place.write('blocks.yaml', experiment(2, 'resampling: { block-bootstrap: { block_s: 5000 } }\n'))
  place.write('draws.yaml', experiment(3, 'policies: [./draws.ts]\n'))
  place.write('draws.ts', 'export default () => () => Math.floor(Math.random())\n')
})
afterAll(() => place.remove())

describe.concurrent('sweep', () => {
  it('writes rows for every cell, estimates and a manifest, and shows the means at a glance', async () => {
    const { code, stdout, stderr } = await place.run('sweep', 'one.yaml', '--out', 'glance', '--workers', '1')
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^workload\.load +policy +! +ttft_p99_s +slo_attainment +usd_per_good_mtok\n/)
    expect(stdout).toMatch(/\n0\.7 +power-of-two +[ab]+ +[\d.]+ ± [\d.]+ /)
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
    if (name !== 'throws') expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('says how many cells an experiment with fewer replications leaves out of the results, and keeps them', async () => {
    const run = (name: string) =>
      place.run('sweep', `${name}.yaml`, '--extend', '--workers', '1', '--out', 'extended')
    expect((await run('one')).stdout).not.toContain('not in these results')
    const { code, stdout } = await run('two')
    expect(code).toBe(0)
    expect(stdout.replaceAll('\n', ' ')).toContain(
      '4 finished cells are not in these results, as the experiment no longer asks for them; cells.jsonl keeps them.',
    )
    expect(lines('extended', 'results.csv')).toHaveLength(1 + 4 * 2)
    expect(lines('extended', 'cells.jsonl')).toHaveLength(4 * 3)
  })

  it('says where a workload has no groups of a kind that is asked for', async () => {
    const { stdout } = await place.run('sweep', 'classes.yaml', '--workers', '1', '--out', 'classes')
    expect(stdout.replaceAll('\n', ' ')).toContain(
      'There are no rows of classes, though groups asks for them',
    )
  })

  it('says on how many points replications ended before the metric was known well enough', async () => {
    const { stdout } = await place.run('sweep', 'until.yaml', '--workers', '1', '--out', 'until')
    expect(stdout.replaceAll('\n', ' ')).toMatch(
      /4 of 4 points stopped at most = 4 at ± [\d.]+ %, where 0\.1 % was asked, the worst of them: ttft_p99_s needs/,
    )
  })

  it('keeps the results so far where a policy goes wrong', async () => {
    const { stdout } = await place.run('sweep', 'throws.yaml', '--workers', '1', '--out', 'so-far')
    const [, finished] = /Written to so-far: .*\n\nStopped with (\d+) of 12 cells finished\.\n$/.exec(stdout)!
    expect(lines('so-far', 'results.csv')).toHaveLength(1 + Number(finished))
  })

  it.each([
    [
      'warm',
      'at warmup_s 500, workload.load 0.4: warm.yaml:4:17: warmup_s is 500',
      'have it found, by warmup: mser-5',
    ],
    [
      'blocks',
      'at workload.load 0.4: block_s is 5000; must be <= ',
      'at its own rate, before it is given a load',
    ],
  ])('finds a setting that cannot be run before the first cell: %s', async (name, ...says) => {
    const { code, stdout, stderr } = await place.run('sweep', `${name}.yaml`, '--out', name)
    for (const part of says) expect(stderr).toContain(part)
    expect(stdout).toBe('')
    expect(code).toBe(2)
    expect(lines(name, 'cells.jsonl')).toEqual([''])
  })

  it('writes no results where Ctrl-C comes before the first cell is finished', async () => {
    const words = ['--workers', '1', '--policy-timeout', '60', '--out', 'none']
    const child = place.start('sweep', 'stuck.yaml', ...words)
    const over = ended(child)
    await cellsIn('none', 0)
    await new Promise(resolve => setTimeout(resolve, 500))
    child.kill('SIGINT')
    expect((await over).stdout).toBe(
      'Stopped with 0 of 6 cells finished. The same command goes on with the others.\n',
    )
    expect(place.names('none')).toEqual(['.experiment', 'cells.jsonl', 'manifest.json'])
    const { stderr } = await place.run('compare', 'none')
    expect(stderr).toContain('0 of 6 cells are finished')
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
